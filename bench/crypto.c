/* bench/crypto.c: the bare crypto of one authPriv message, SHA-1 HMAC and AES-128-CFB
 * over SIZE bytes, COUNT times, with everything prepared: what SNMPv3 cannot do without.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

static double
cpu_ns(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)u.ru_utime.tv_sec * 1e9 + (double)u.ru_utime.tv_usec * 1e3;
}

int
main(int argc, char **argv)
{
	static unsigned char message[65536], digest[20], key[64] = { 1, 2, 3 }, iv[16];
	long count = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
	size_t size = argc > 2 ? strtoul(argv[2], NULL, 10) : 150;
	EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	SHA_CTX inner, outer, ctx;
	int len;

	SHA1_Init(&inner);
	SHA1_Update(&inner, key, sizeof key);
	SHA1_Init(&outer);
	SHA1_Update(&outer, key, sizeof key);
	if (size > sizeof message ||
	    EVP_DecryptInit_ex(cipher, EVP_aes_128_cfb128(), NULL, key, iv) != 1)
		return 1;
	double from = cpu_ns();
	for (long i = 0; i < count; i++) {
		ctx = inner;
		SHA1_Update(&ctx, message, size);
		SHA1_Final(digest, &ctx);
		ctx = outer;
		SHA1_Update(&ctx, digest, sizeof digest);
		SHA1_Final(digest, &ctx);
		iv[15] = (unsigned char)i;
		EVP_DecryptInit_ex(cipher, NULL, NULL, NULL, iv);
		EVP_DecryptUpdate(cipher, message, &len, message, (int)(size * 2 / 3));
	}
	printf("%.0f\n", (cpu_ns() - from) / (double)count);
	EVP_CIPHER_CTX_free(cipher);
	return 0;
}

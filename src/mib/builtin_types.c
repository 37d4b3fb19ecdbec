/* mib/builtin_types.c: the named types that the built-in tables use, by name. */
#include "mib/builtin.h"

const tl_mib_type_row tl_mib_types[] = {
	{ "AddressFamilyNumbers",
	    "INTEGER other(0) ipV4(1) ipV6(2) nsap(3) hdlc(4) bbn1822(5) all802(6) "
	    "e163(7) e164(8) f69(9) x121(10) ipx(11) appleTalk(12) decnetIV(13) "
	    "banyanVines(14) e164withNsap(15) dns(16) distinguishedName(17) "
	    "asNumber(18) xtpOverIpv4(19) xtpOverIpv6(20) xtpNativeModeXTP(21) "
	    "fibreChannelWWPN(22) fibreChannelWWNN(23) gwid(24) afi(25) "
	    "mplsTpSectionEndpointIdentifier(26) mplsTpLspEndpointIdentifier(27) "
	    "mplsTpPseudowireEndpointIdentifier(28) eigrpCommonServiceFamily(16384) "
	    "eigrpIpv4ServiceFamily(16385) eigrpIpv6ServiceFamily(16386) "
	    "lispCanonicalAddressFormat(16387) bgpLs(16388) fortyeightBitMac(16389) "
	    "sixtyfourBitMac(16390) oui(16391) mac24(16392) mac40(16393) "
	    "ipv664(16394) rBridgePortID(16395) trillNickname(16396) reserved(65535)" },
	{ "AreaID", "IpAddress" },
	{ "AutonomousType", "OID" },
	{ "BfdCtrlDestPortNumberTC", "Unsigned32 hint d" },
	{ "BfdCtrlSourcePortNumberTC", "Unsigned32 hint d" },
	{ "BfdIntervalTC", "Unsigned32 hint d" },
	{ "BfdMultiplierTC", "Unsigned32 hint d" },
	{ "BfdSessIndexTC", "Unsigned32 hint d" },
	{ "BigMetric", "INTEGER hint d-0" },
	{ "BridgeId", "OCTETS 8" },
	{ "CounterBasedGauge64", "Counter64" },
	{ "DLCI", "INTEGER" },
	{ "DateAndTime", "OCTETS 8..11 date hint 2d-1d-1d,1d:1d:1d.1d,1a1d:1d" },
	{ "DesignatedRouterPriority", "INTEGER hint d-0" },
	{ "DisplayString", "OCTETS 0..255 hint 255a" },
	{ "Dot1agCfmFngState", "INTEGER fngReset(1) fngDefect(2) fngReportDefect(3) "
			       "fngDefectReported(4) fngDefectClearing(5)" },
	{ "Dot1agCfmHighestDefectPri",
	    "INTEGER none(0) defRDICCM(1) defMACstatus(2) defRemoteCCM(3) "
	    "defErrorCCM(4) defXconCCM(5)" },
	{ "Dot1agCfmLowestAlarmPri",
	    "INTEGER allDef(1) macRemErrXcon(2) remErrXcon(3) errXcon(4) xcon(5) "
	    "noXcon(6)" },
	{ "Dot1agCfmMepDefects",
	    "BITS bDefRDICCM(0) bDefMACstatus(1) bDefRemoteCCM(2) bDefErrorCCM(3) "
	    "bDefXconCCM(4)" },
	{ "Dot1agCfmMepId", "Unsigned32 hint d" },
	{ "Dot1agCfmMepIdOrZero", "Unsigned32 hint d" },
	{ "Dot1agCfmMpDirection", "INTEGER down(1) up(2)" },
	{ "EightOTwoOui", "OCTETS 3" },
	{ "EntityAdminState",
	    "INTEGER unknown(1) locked(2) shuttingDown(3) unlocked(4)" },
	{ "EntityAlarmStatus",
	    "BITS unknown(0) underRepair(1) critical(2) major(3) minor(4) warning(5) "
	    "indeterminate(6)" },
	{ "EntityOperState", "INTEGER unknown(1) disabled(2) enabled(3) testing(4)" },
	{ "EntitySensorDataScale",
	    "INTEGER yocto(1) zepto(2) atto(3) femto(4) pico(5) nano(6) micro(7) "
	    "milli(8) units(9) kilo(10) mega(11) giga(12) tera(13) exa(14) peta(15) "
	    "zetta(16) yotta(17)" },
	{ "EntitySensorDataType",
	    "INTEGER other(1) unknown(2) voltsAC(3) voltsDC(4) amperes(5) watts(6) "
	    "hertz(7) celsius(8) percentRH(9) rpm(10) cmm(11) truthvalue(12)" },
	{ "EntitySensorPrecision", "INTEGER" },
	{ "EntitySensorStatus", "INTEGER ok(1) unavailable(2) nonoperational(3)" },
	{ "EntitySensorValue", "INTEGER" },
	{ "EntityStandbyStatus",
	    "INTEGER unknown(1) hotStandby(2) coldStandby(3) providingService(4)" },
	{ "EntityUsageState", "INTEGER unknown(1) idle(2) active(3) busy(4)" },
	{ "EntryStatus",
	    "INTEGER valid(1) createRequest(2) underCreation(3) invalid(4)" },
	{ "FailureReason",
	    "INTEGER sampleOverrun(-6) badType(-5) noResponse(-4) "
	    "destinationUnreachable(-3) badDestination(-2) localResourceLack(-1) "
	    "noError(0) tooBig(1) noSuchName(2) badValue(3) readOnly(4) genErr(5) "
	    "noAccess(6) wrongType(7) wrongLength(8) wrongEncoding(9) wrongValue(10) "
	    "noCreation(11) inconsistentValue(12) resourceUnavailable(13) "
	    "commitFailed(14) undoFailed(15) authorizationError(16) notWritable(17) "
	    "inconsistentName(18)" },
	{ "HCPerfTimeElapsed", "INTEGER" },
	{ "HCPerfValidIntervals", "INTEGER" },
	{ "HcValueStatus",
	    "INTEGER valueNotAvailable(1) valuePositive(2) valueNegative(3)" },
	{ "HelloRange", "INTEGER hint d-0" },
	{ "IANAPhysicalClass",
	    "INTEGER other(1) unknown(2) chassis(3) backplane(4) container(5) "
	    "powerSupply(6) fan(7) sensor(8) module(9) port(10) stack(11) cpu(12) "
	    "energyObject(13) battery(14) storageDrive(15)" },
	{ "IANAPwCapabilities", "BITS pwStatusIndication(0) pwVCCV(1)" },
	{ "IANAPwPsnTypeTC",
	    "INTEGER mpls(1) l2tp(2) udpOverIp(3) mplsOverIp(4) mplsOverGre(5) "
	    "other(6)" },
	{ "IANAPwTypeTC",
	    "INTEGER other(0) frameRelayDlciMartiniMode(1) atmAal5SduVcc(2) "
	    "atmTransparent(3) ethernetTagged(4) ethernet(5) hdlc(6) ppp(7) cem(8) "
	    "atmCellNto1Vcc(9) atmCellNto1Vpc(10) ipLayer2Transport(11) "
	    "atmCell1to1Vcc(12) atmCell1to1Vpc(13) atmAal5PduVcc(14) "
	    "frameRelayPortMode(15) cep(16) e1Satop(17) t1Satop(18) e3Satop(19) "
	    "t3Satop(20) basicCesPsn(21) basicTdmIp(22) tdmCasCesPsn(23) "
	    "tdmCasTdmIp(24) frDlci(25) wildcard(32767)" },
	{ "IANAbfdDiagTC", "INTEGER noDiagnostic(0) controlDetectionTimeExpired(1) "
			   "echoFunctionFailed(2) neighborSignaledSessionDown(3) "
			   "forwardingPlaneReset(4) pathDown(5) concatenatedPathDown(6) "
			   "administrativelyDown(7) reverseConcatenatedPathDown(8) "
			   "misConnectivityDefect(9)" },
	{ "IANAbfdSessAuthenticationKeyTC", "OCTETS 0..252 hint 1x " },
	{ "IANAbfdSessAuthenticationTypeTC",
	    "INTEGER noAuthentication(-1) reserved(0) simplePassword(1) keyedMD5(2) "
	    "meticulousKeyedMD5(3) keyedSHA1(4) meticulousKeyedSHA1(5)" },
	{ "IANAbfdSessOperModeTC",
	    "INTEGER asyncModeWEchoFunction(1) asynchModeWOEchoFunction(2) "
	    "demandModeWEchoFunction(3) demandModeWOEchoFunction(4)" },
	{ "IANAbfdSessStateTC", "INTEGER adminDown(1) down(2) init(3) up(4) failing(5)" },
	{ "IANAbfdSessTypeTC",
	    "INTEGER singleHop(1) multiHopTotallyArbitraryPaths(2) "
	    "multiHopOutOfBandSignaling(3) multiHopUnidirectionalLinks(4)" },
	{ "IANAifMauMediaAvailable",
	    "INTEGER other(1) unknown(2) available(3) notAvailable(4) remoteFault(5) "
	    "invalidSignal(6) remoteJabber(7) remoteLinkLoss(8) remoteTest(9) "
	    "offline(10) autoNegError(11) pmdLinkFault(12) wisFrameLoss(13) "
	    "wisSignalLoss(14) pcsLinkFault(15) excessiveBER(16) dxsLinkFault(17) "
	    "pxsLinkFault(18) availableReduced(19) ready(20)" },
	{ "IANAifMauTypeListBits",
	    "BITS bOther(0) bAUI(1) b10base5(2) bFoirl(3) b10base2(4) b10baseT(5) "
	    "b10baseFP(6) b10baseFB(7) b10baseFL(8) b10broad36(9) b10baseTHD(10) "
	    "b10baseTFD(11) b10baseFLHD(12) b10baseFLFD(13) b100baseT4(14) "
	    "b100baseTXHD(15) b100baseTXFD(16) b100baseFXHD(17) b100baseFXFD(18) "
	    "b100baseT2HD(19) b100baseT2FD(20) b1000baseXHD(21) b1000baseXFD(22) "
	    "b1000baseLXHD(23) b1000baseLXFD(24) b1000baseSXHD(25) b1000baseSXFD(26) "
	    "b1000baseCXHD(27) b1000baseCXFD(28) b1000baseTHD(29) b1000baseTFD(30) "
	    "b10GbaseX(31) b10GbaseLX4(32) b10GbaseR(33) b10GbaseER(34) "
	    "b10GbaseLR(35) b10GbaseSR(36) b10GbaseW(37) b10GbaseEW(38) "
	    "b10GbaseLW(39) b10GbaseSW(40) b10GbaseCX4(41) b2BaseTL(42) "
	    "b10PassTS(43) b100BaseBX10D(44) b100BaseBX10U(45) b100BaseLX10(46) "
	    "b1000BaseBX10D(47) b1000BaseBX10U(48) b1000BaseLX10(49) "
	    "b1000BasePX10D(50) b1000BasePX10U(51) b1000BasePX20D(52) "
	    "b1000BasePX20U(53) b10GbaseT(54) b10GbaseLRM(55) b1000baseKX(56) "
	    "b10GbaseKX4(57) b10GbaseKR(58) b10G1GbasePRXD1(59) b10G1GbasePRXD2(60) "
	    "b10G1GbasePRXD3(61) b10G1GbasePRXU1(62) b10G1GbasePRXU2(63) "
	    "b10G1GbasePRXU3(64) b10GbasePRD1(65) b10GbasePRD2(66) b10GbasePRD3(67) "
	    "b10GbasePRU1(68) b10GbasePRU3(69) b40GbaseKR4(70) b40GbaseCR4(71) "
	    "b40GbaseSR4(72) b40GbaseFR(73) b40GbaseLR4(74) b100GbaseCR10(75) "
	    "b100GbaseSR10(76) b100GbaseLR4(77) b100GbaseER4(78) b1000baseT1(79) "
	    "b1000basePX30D(80) b1000basePX30U(81) b1000basePX40D(82) "
	    "b1000basePX40U(83) b10G1GbasePRXD4(84) b10G1GbasePRXU4(85) "
	    "b10GbasePRD4(86) b10GbasePRU4(87) b25GbaseCR(88) b25GbaseCRS(89) "
	    "b25GbaseKR(90) b25GbaseKRS(91) b25GbaseR(92) b25GbaseSR(93) "
	    "b25GbaseT(94) b40GbaseER4(95) b40GbaseR(96) b40GbaseT(97) "
	    "b100GbaseCR4(98) b100GbaseKR4(99) b100GbaseKP4(100) b100GbaseR(101) "
	    "b100GbaseSR4(102)" },
	{ "IANAifType",
	    "INTEGER other(1) regular1822(2) hdh1822(3) ddnX25(4) rfc877x25(5) "
	    "ethernetCsmacd(6) iso88023Csmacd(7) iso88024TokenBus(8) "
	    "iso88025TokenRing(9) iso88026Man(10) starLan(11) proteon10Mbit(12) "
	    "proteon80Mbit(13) hyperchannel(14) fddi(15) lapb(16) sdlc(17) ds1(18) "
	    "e1(19) basicISDN(20) primaryISDN(21) propPointToPointSerial(22) ppp(23) "
	    "softwareLoopback(24) eon(25) ethernet3Mbit(26) nsip(27) slip(28) "
	    "ultra(29) ds3(30) sip(31) frameRelay(32) rs232(33) para(34) arcnet(35) "
	    "arcnetPlus(36) atm(37) miox25(38) sonet(39) x25ple(40) iso88022llc(41) "
	    "localTalk(42) smdsDxi(43) frameRelayService(44) v35(45) hssi(46) "
	    "hippi(47) modem(48) aal5(49) sonetPath(50) sonetVT(51) smdsIcip(52) "
	    "propVirtual(53) propMultiplexor(54) ieee80212(55) fibreChannel(56) "
	    "hippiInterface(57) frameRelayInterconnect(58) aflane8023(59) "
	    "aflane8025(60) cctEmul(61) fastEther(62) isdn(63) v11(64) v36(65) "
	    "g703at64k(66) g703at2mb(67) qllc(68) fastEtherFX(69) channel(70) "
	    "ieee80211(71) ibm370parChan(72) escon(73) dlsw(74) isdns(75) isdnu(76) "
	    "lapd(77) ipSwitch(78) rsrb(79) atmLogical(80) ds0(81) ds0Bundle(82) "
	    "bsc(83) async(84) cnr(85) iso88025Dtr(86) eplrs(87) arap(88) "
	    "propCnls(89) hostPad(90) termPad(91) frameRelayMPI(92) x213(93) "
	    "adsl(94) radsl(95) sdsl(96) vdsl(97) iso88025CRFPInt(98) myrinet(99) "
	    "voiceEM(100) voiceFXO(101) voiceFXS(102) voiceEncap(103) "
	    "voiceOverIp(104) atmDxi(105) atmFuni(106) atmIma(107) "
	    "pppMultilinkBundle(108) ipOverCdlc(109) ipOverClaw(110) "
	    "stackToStack(111) virtualIpAddress(112) mpc(113) ipOverAtm(114) "
	    "iso88025Fiber(115) tdlc(116) gigabitEthernet(117) hdlc(118) lapf(119) "
	    "v37(120) x25mlp(121) x25huntGroup(122) transpHdlc(123) interleave(124) "
	    "fast(125) ip(126) docsCableMaclayer(127) docsCableDownstream(128) "
	    "docsCableUpstream(129) a12MppSwitch(130) tunnel(131) coffee(132) "
	    "ces(133) atmSubInterface(134) l2vlan(135) l3ipvlan(136) l3ipxvlan(137) "
	    "digitalPowerline(138) mediaMailOverIp(139) dtm(140) dcn(141) "
	    "ipForward(142) msdsl(143) ieee1394(144) if-gsn(145) dvbRccMacLayer(146) "
	    "dvbRccDownstream(147) dvbRccUpstream(148) atmVirtual(149) "
	    "mplsTunnel(150) srp(151) voiceOverAtm(152) voiceOverFrameRelay(153) "
	    "idsl(154) compositeLink(155) ss7SigLink(156) propWirelessP2P(157) "
	    "frForward(158) rfc1483(159) usb(160) ieee8023adLag(161) "
	    "bgppolicyaccounting(162) frf16MfrBundle(163) h323Gatekeeper(164) "
	    "h323Proxy(165) mpls(166) mfSigLink(167) hdsl2(168) shdsl(169) "
	    "ds1FDL(170) pos(171) dvbAsiIn(172) dvbAsiOut(173) plc(174) nfas(175) "
	    "tr008(176) gr303RDT(177) gr303IDT(178) isup(179) "
	    "propDocsWirelessMaclayer(180) propDocsWirelessDownstream(181) "
	    "propDocsWirelessUpstream(182) hiperlan2(183) propBWAp2Mp(184) "
	    "sonetOverheadChannel(185) digitalWrapperOverheadChannel(186) aal2(187) "
	    "radioMAC(188) atmRadio(189) imt(190) mvl(191) reachDSL(192) "
	    "frDlciEndPt(193) atmVciEndPt(194) opticalChannel(195) "
	    "opticalTransport(196) propAtm(197) voiceOverCable(198) infiniband(199) "
	    "teLink(200) q2931(201) virtualTg(202) sipTg(203) sipSig(204) "
	    "docsCableUpstreamChannel(205) econet(206) pon155(207) pon622(208) "
	    "bridge(209) linegroup(210) voiceEMFGD(211) voiceFGDEANA(212) "
	    "voiceDID(213) mpegTransport(214) sixToFour(215) gtp(216) "
	    "pdnEtherLoop1(217) pdnEtherLoop2(218) opticalChannelGroup(219) "
	    "homepna(220) gfp(221) ciscoISLvlan(222) actelisMetaLOOP(223) "
	    "fcipLink(224) rpr(225) qam(226) lmp(227) cblVectaStar(228) "
	    "docsCableMCmtsDownstream(229) adsl2(230) macSecControlledIF(231) "
	    "macSecUncontrolledIF(232) aviciOpticalEther(233) atmbond(234) "
	    "voiceFGDOS(235) mocaVersion1(236) ieee80216WMAN(237) adsl2plus(238) "
	    "dvbRcsMacLayer(239) dvbTdm(240) dvbRcsTdma(241) x86Laps(242) "
	    "wwanPP(243) wwanPP2(244) voiceEBS(245) ifPwType(246) ilan(247) pip(248) "
	    "aluELP(249) gpon(250) vdsl2(251) capwapDot11Profile(252) "
	    "capwapDot11Bss(253) capwapWtpVirtualRadio(254) bits(255) "
	    "docsCableUpstreamRfPort(256) cableDownstreamRfPort(257) "
	    "vmwareVirtualNic(258) ieee802154(259) otnOdu(260) otnOtu(261) "
	    "ifVfiType(262) g9981(263) g9982(264) g9983(265) aluEpon(266) "
	    "aluEponOnu(267) aluEponPhysicalUni(268) aluEponLogicalLink(269) "
	    "aluGponOnu(270) aluGponPhysicalUni(271) vmwareNicTeam(272) "
	    "docsOfdmDownstream(277) docsOfdmaUpstream(278) gfast(279) sdci(280) "
	    "xboxWireless(281) fastdsl(282) docsCableScte55d1FwdOob(283) "
	    "docsCableScte55d1RetOob(284) docsCableScte55d2DsOob(285) "
	    "docsCableScte55d2UsOob(286) docsCableNdf(287) docsCableNdr(288) "
	    "ptm(289) ghn(290) otnOtsi(291) otnOtuc(292) otnOduc(293) otnOtsig(294) "
	    "microwaveCarrierTermination(295) microwaveRadioLinkTerminal(296)" },
	{ "IEEE8021VlanIndex", "Unsigned32 hint d" },
	{ "IndexInteger", "Unsigned32 hint d" },
	{ "InetAddress", "OCTETS 0..255 inet" },
	{ "InetAddressIPv6", "OCTETS 16 inet hint 2x:2x:2x:2x:2x:2x:2x:2x" },
	{ "InetAddressPrefixLength", "Unsigned32 hint d" },
	{ "InetAddressType",
	    "INTEGER unknown(0) ipv4(1) ipv6(2) ipv4z(3) ipv6z(4) dns(16) inet-type" },
	{ "InetPortNumber", "Unsigned32 hint d" },
	{ "InetVersion", "INTEGER unknown(0) ipv4(1) ipv6(2)" },
	{ "InterfaceIndex", "INTEGER hint d" },
	{ "InterfaceIndexOrZero", "INTEGER hint d" },
	{ "InternationalDisplayString", "OCTETS" },
	{ "IpAddressOriginTC",
	    "INTEGER other(1) manual(2) dhcp(4) linklayer(5) random(6)" },
	{ "IpAddressStatusTC",
	    "INTEGER preferred(1) deprecated(2) invalid(3) inaccessible(4) "
	    "unknown(5) tentative(6) duplicate(7) optimistic(8)" },
	{ "Ipv6AddressIfIdentifier", "OCTETS 0..8 hint 2x:" },
	{ "Ipv6IfIndex", "INTEGER hint d" },
	{ "IsisISLevel", "INTEGER area(1) domain(2)" },
	{ "IsisLSPBuffSize", "Unsigned32 hint d" },
	{ "IsisLevel", "INTEGER level1(1) level2(2) level1and2(3)" },
	{ "IsisLevelState", "INTEGER off(1) on(2) waiting(3) overloaded(4)" },
	{ "IsisLinkStatePDUID", "OCTETS 8" },
	{ "IsisMetricStyle", "INTEGER narrow(1) wide(2) both(3)" },
	{ "IsisOSINSAddress", "OCTETS 0..20" },
	{ "IsisPDUHeader", "OCTETS 0..64" },
	{ "IsisUnsigned16TC", "Unsigned32 hint d" },
	{ "IsisUnsigned8TC", "Unsigned32 hint d" },
	{ "KBytes", "INTEGER" },
	{ "KeyChange", "OCTETS" },
	{ "LacpKey", "INTEGER hint d" },
	{ "LacpState",
	    "BITS lacpActivity(0) lacpTimeout(1) aggregation(2) synchronization(3) "
	    "collecting(4) distributing(5) defaulted(6) expired(7)" },
	{ "LldpChassisId", "OCTETS 1..255" },
	{ "LldpChassisIdSubtype",
	    "INTEGER chassisComponent(1) interfaceAlias(2) portComponent(3) "
	    "macAddress(4) networkAddress(5) interfaceName(6) local(7)" },
	{ "LldpManAddrIfSubtype", "INTEGER unknown(1) ifIndex(2) systemPortNumber(3)" },
	{ "LldpManAddress", "OCTETS 1..31" },
	{ "LldpPortId", "OCTETS 1..255" },
	{ "LldpPortIdSubtype",
	    "INTEGER interfaceAlias(1) portComponent(2) macAddress(3) "
	    "networkAddress(4) interfaceName(5) agentCircuitId(6) local(7)" },
	{ "LldpPortList", "OCTETS 0..512" },
	{ "LldpPortNumber", "INTEGER hint d" },
	{ "LldpSystemCapabilitiesMap",
	    "BITS other(0) repeater(1) bridge(2) wlanAccessPoint(3) router(4) "
	    "telephone(5) docsisCableDevice(6) stationOnly(7)" },
	{ "LldpXMedCapabilities",
	    "BITS capabilities(0) networkPolicy(1) location(2) extendedPSE(3) "
	    "extendedPD(4) inventory(5)" },
	{ "LldpXMedDeviceClass",
	    "INTEGER notDefined(0) endpointClass1(1) endpointClass2(2) "
	    "endpointClass3(3) networkConnectivity(4)" },
	{ "LocalSnmpEngineOrZeroLenStr", "OCTETS 0..32" },
	{ "MacAddress", "OCTETS 6 hint 1x:" },
	{ "Metric", "INTEGER hint d-0" },
	{ "MplsExtendedTunnelId", "Unsigned32" },
	{ "MplsIndexType", "OCTETS 1..24" },
	{ "MplsL3VpnName", "OCTETS 0..31" },
	{ "MplsL3VpnRouteDistinguisher", "OCTETS 0..256" },
	{ "MplsLSPID", "OCTETS 2..6" },
	{ "MplsLabelDistributionMethod",
	    "INTEGER downstreamOnDemand(1) downstreamUnsolicited(2)" },
	{ "MplsLdpIdentifier", "OCTETS 6 hint 1d.1d.1d.1d:2d" },
	{ "MplsLdpLabelType", "INTEGER generic(1) atm(2) frameRelay(3)" },
	{ "MplsOwner", "INTEGER unknown(1) other(2) snmp(3) ldp(4) crldp(5) rsvpTe(6) "
		       "policyAgent(7)" },
	{ "MplsPathIndexOrZero", "Unsigned32" },
	{ "MplsRetentionMode", "INTEGER conservative(1) liberal(2)" },
	{ "MplsTunnelAffinity", "Unsigned32" },
	{ "MplsTunnelIndex", "Unsigned32" },
	{ "MplsTunnelInstanceIndex", "Unsigned32" },
	{ "NetsnmpCacheStatus",
	    "INTEGER enabled(1) disabled(2) empty(3) cached(4) expired(5)" },
	{ "NonNegativeInteger", "INTEGER hint d" },
	{ "NtpDateTime", "OCTETS 0..16 hint 4d:4d:4d.4d" },
	{ "NtpStratum", "Unsigned32 hint d" },
	{ "OperationResponseStatus",
	    "INTEGER responseReceived(1) unknown(2) internalError(3) "
	    "requestTimedOut(4) unknownDestinationAddress(5) noRouteToTarget(6) "
	    "interfaceInactiveToTarget(7) arpFailure(8) maxConcurrentLimitReached(9) "
	    "unableToResolveDnsName(10) invalidHostAddress(11)" },
	{ "OspfAuthenticationType", "INTEGER none(0) simplePassword(1) md5(2)" },
	{ "Ospfv3AreaIdTC", "Unsigned32 hint d" },
	{ "Ospfv3DeadIntervalRangeTC", "Unsigned32 hint d" },
	{ "Ospfv3IfInstIdTC", "Unsigned32 hint d" },
	{ "Ospfv3RouterIdTC", "Unsigned32 hint d" },
	{ "Ospfv3UpToRefreshIntervalTC", "Unsigned32 hint d" },
	{ "OwnerString", "OCTETS 0..255 hint 255a" },
	{ "PhysAddress", "OCTETS hint 1x:" },
	{ "PhysicalIndex", "INTEGER hint d" },
	{ "PhysicalIndexOrZero", "INTEGER hint d" },
	{ "PimGroupMappingOriginType",
	    "INTEGER fixed(1) configRp(2) configSsm(3) bsr(4) autoRP(5) embedded(6) "
	    "other(7)" },
	{ "PimMode", "INTEGER none(1) ssm(2) asm(3) bidir(4) dm(5) other(6)" },
	{ "PositiveInteger", "INTEGER hint d-0" },
	{ "ProductID", "OID" },
	{ "PwAttachmentIdentifierType", "OCTETS 0..255" },
	{ "PwCwStatusTC",
	    "INTEGER waitingForNextMsg(1) sentWrongBitErrorCode(2) "
	    "rxWithdrawWithWrongBitErrorCode(3) illegalReceivedBit(4) cwPresent(5) "
	    "cwNotPresent(6) notYetKnown(7)" },
	{ "PwFragSize", "Unsigned32 hint d" },
	{ "PwFragStatus",
	    "BITS noFrag(0) cfgFragGreaterThanPsnMtu(1) cfgFragButRemoteIncapable(2) "
	    "remoteFragCapable(3) fragEnabled(4)" },
	{ "PwGenIdType", "Unsigned32" },
	{ "PwGroupID", "Unsigned32 hint d" },
	{ "PwIDType", "Unsigned32 hint d" },
	{ "PwIndexOrZeroType", "Unsigned32 hint d" },
	{ "PwIndexType", "Unsigned32 hint d" },
	{ "PwOperStatusTC", "INTEGER up(1) down(2) testing(3) dormant(4) notPresent(5) "
			    "lowerLayerDown(6)" },
	{ "PwStatus", "BITS pwNotForwarding(0) servicePwRxFault(1) servicePwTxFault(2) "
		      "psnPwRxFault(3) psnPwTxFault(4)" },
	{ "ResourceId", "OID" },
	{ "RouterID", "IpAddress" },
	{ "RowPointer", "OID" },
	{ "RowStatus", "INTEGER active(1) notInService(2) notReady(3) createAndGo(4) "
		       "createAndWait(5) destroy(6)" },
	{ "SnmpAdminString", "OCTETS 0..255 hint 255t" },
	{ "SnmpEngineID", "OCTETS 5..32" },
	{ "SnmpEngineIdOrNone", "OCTETS 0..32" },
	{ "SnmpMessageProcessingModel", "INTEGER" },
	{ "SnmpPduErrorStatus",
	    "INTEGER noResponse(-1) noError(0) tooBig(1) noSuchName(2) badValue(3) "
	    "readOnly(4) genErr(5) noAccess(6) wrongType(7) wrongLength(8) "
	    "wrongEncoding(9) wrongValue(10) noCreation(11) inconsistentValue(12) "
	    "resourceUnavailable(13) commitFailed(14) undoFailed(15) "
	    "authorizationError(16) notWritable(17) inconsistentName(18)" },
	{ "SnmpSecurityLevel", "INTEGER noAuthNoPriv(1) authNoPriv(2) authPriv(3)" },
	{ "SnmpSecurityModel", "INTEGER" },
	{ "SnmpTLSFingerprint", "OCTETS 0..255 hint 1x:1x" },
	{ "SnmpTagList", "OCTETS 0..255 hint 255t" },
	{ "SnmpTagValue", "OCTETS 0..255 hint 255t" },
	{ "Status", "INTEGER enabled(1) disabled(2)" },
	{ "StorageType",
	    "INTEGER other(1) volatile(2) nonVolatile(3) permanent(4) readOnly(5)" },
	{ "SyslogFacility",
	    "INTEGER kern(0) user(1) mail(2) daemon(3) auth(4) syslog(5) lpr(6) "
	    "news(7) uucp(8) cron(9) authpriv(10) ftp(11) ntp(12) audit(13) "
	    "console(14) cron2(15) local0(16) local1(17) local2(18) local3(19) "
	    "local4(20) local5(21) local6(22) local7(23)" },
	{ "SyslogSeverity",
	    "INTEGER emerg(0) alert(1) crit(2) err(3) warning(4) notice(5) info(6) "
	    "debug(7)" },
	{ "SyslogTimeStamp", "OCTETS 0..13 hint 2d-1d-1d,1d:1d:1d.3d,1a1d:1d" },
	{ "TAddress", "OCTETS 1..255" },
	{ "TDomain", "OID" },
	{ "TestAndIncr", "INTEGER" },
	{ "TimeFilter", "TimeTicks" },
	{ "TimeInterval", "INTEGER" },
	{ "TimeStamp", "TimeTicks" },
	{ "Timeout", "INTEGER hint d" },
	{ "TruthValue", "INTEGER true(1) false(2)" },
	{ "UUIDorZero", "OCTETS 0..16 hint 4x-2x-2x-1x1x-6x" },
	{ "UpToMaxAge", "INTEGER hint d-0" },
	{ "Utf8String", "OCTETS 0..255 hint 255a" },
	{ "VPNIdOrZero", "OCTETS 0..7" },
	{ "VariablePointer", "OID" },
	{ "VrId", "INTEGER hint d" },
	{ "Vrrpv3VrIdTC", "INTEGER hint d" },
	{ "ZeroBasedCounter32", "Gauge32" },
};

const unsigned tl_mib_type_count = sizeof tl_mib_types / sizeof tl_mib_types[0];

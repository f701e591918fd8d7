/* SPDX-License-Identifier: MIT */
/*
 * Public numbering facts of every country (ITU-T E.164 and the national plans), and look-ups.
 *
 * Columns: ISO 3166 code; calling code; national (trunk) prefixes, the first the one to show;
 * international prefixes; least and most digits of a national number; how a mobile number is
 * grouped for people ("" for threes and fours); rules.
 *
 * MAIN is the country a calling code belongs to. SHARED is a country that shares the code of a
 * main one: the column before its rules lists the leading digits that are its own. WORLD is a
 * worldwide service with a calling code of its own.
 *
 * Rules tell what a number's leading digits mean, first match wins. A rule is a kind (F fixed,
 * M mobile, B fixed or mobile, T toll-free, P premium, S shared cost, V internet, N personal,
 * U company-wide or other, X never in use), the leading digits (a list; 50-54 is a range; . is any
 * digit), then /n for an area code of n digits, then :n or :n-m for the lengths where they are
 * narrower than the country's.
 */
#include "engines/phone/phone.h"

#include <string.h>

#define NANP_RULES                                                                                \
    "X0-1,...0,...1 T800,833,844,855,866,877,888 P900 N500,521-529,533,544,566,577,588 B2-9"

#define PHONE_COUNTRIES(MAIN, SHARED)                                                             \
    MAIN(AC, 247, "", "00", 5, 6, "", "M4:5 F6:5 U0-1,5-9:6")                                     \
    MAIN(AD, 376, "", "00", 6, 9, "33", "T18:8 M6:6 M690:9 M3:6 F7-8:6 P9:6")                     \
    MAIN(AE, 971, "0", "00", 5, 12, "234", "T800:5-12 P900:9 S700:9 U600,200:9 M5:9 "             \
        "F2-4,6-7,9/1:8")                                                                         \
    MAIN(AF, 93, "0", "00", 9, 9, "", "M7 F2-6")                                                  \
    SHARED(AG, 1, "1", "011", 10, 10, "334", "268", NANP_RULES)                                   \
    SHARED(AI, 1, "1", "011", 10, 10, "334", "264", NANP_RULES)                                   \
    MAIN(AL, 355, "0", "00", 6, 9, "234", "T800:7 P900:6 S808:6 N700:8 M6:9 F4/1:8 F2-3,5,8:8")   \
    MAIN(AM, 374, "0", "00", 8, 8, "26", "T800 P90 S80 V60 M33,4,55,77,88,91,93-99 F10-11/2 "     \
        "F12,2-3")                                                                                \
    MAIN(AO, 244, "", "00", 9, 9, "", "M9 F2")                                                    \
    MAIN(AR, 54, "0", "00", 10, 11, "1244", "T800:10-11 P60:10 S810:10 M9:11 "                    \
        "F11/2:10 F2-3/3:10")                                                                     \
    SHARED(AS, 1, "1", "011", 10, 10, "334", "684", NANP_RULES)                                   \
    MAIN(AT, 43, "0", "00", 4, 13, "", "T80:9-13 P90,93:9-13 S81-82:8-13 V720,780:5-13 "          \
        "M65-69,644,67,699:7-13 F1/1 F2-7,5")                                                     \
    MAIN(AU, 61, "0", "0011", 5, 12, "333", "T1800:10 T180:7 P190:10 S1300:10 S13:6-8 M4:9 "      \
        "V147:9 F2-3,7-8/1:9")                                                                    \
    MAIN(AW, 297, "", "00", 7, 7, "34", "T800 P900 V501 M56,59,6,73-74,77,9 F52,57-58,2,8")       \
    SHARED(AX, 358, "0", "00", 5, 12, "", "18", "F18:5-9")                                        \
    MAIN(AZ, 994, "0", "00", 9, 9, "2322", "T88 P900 M10,40,50-51,55,60,70,77,99 F1-4/2")         \
    MAIN(BA, 387, "0", "00", 8, 9, "", "T80:8 P9:8 S70,82:8 M6:8-9 F3,49,5:8")                    \
    SHARED(BB, 1, "1", "011", 10, 10, "334", "246", NANP_RULES)                                   \
    MAIN(BD, 880, "0", "00", 6, 10, "46", "T80:10 M13-19:10 V96:10 F2-9:6-10")                    \
    MAIN(BE, 32, "0", "00", 8, 9, "3222", "T80:8 P90:8 S70,78:8 M45-49:9 F2-4,9/1:8 F1,5-8/2:8")  \
    MAIN(BF, 226, "", "00", 8, 8, "2222", "M0,5-7 F2")                                            \
    MAIN(BG, 359, "0", "00", 6, 9, "", "T800:8 P90:8 N700:8 M87-89,98-99,43,48:8-9 F2/1:7-8 "     \
        "F3-9:6-8")                                                                               \
    MAIN(BH, 973, "", "00", 8, 8, "44", "T80 P9 S84 M3,66,63,6 F1,7")                             \
    MAIN(BI, 257, "", "00", 8, 8, "2222", "F22 M6-7,29,31")                                       \
    MAIN(BJ, 229, "", "00", 8, 10, "2222", "T8:8 M01:10 F2:8 M4-6,9:8")                           \
    SHARED(BL, 590, "0", "00", 9, 9, "3222", "59027", "M69 F59 V976")                             \
    SHARED(BM, 1, "1", "011", 10, 10, "334", "441", NANP_RULES)                                   \
    MAIN(BN, 673, "", "00", 7, 7, "34", "V53 M7-8 F2-5")                                          \
    MAIN(BO, 591, "0", "00", 8, 9, "", "T800:9 M6-7:8 F2-4/1:8")                                  \
    SHARED(BQ, 599, "", "00", 7, 7, "34", "3,4,7", "F715,717-718 M318-319,416,7 F3-4")            \
    MAIN(BR, 55, "0,015,021,031,041", "0014,0015,0021,0031,0041,00", 8, 12, "254",                \
        "T800:9-11 P900,300,500:9-11 S40:8-10 M..9:11 "                                           \
        "F..2,..3,..4,..5:10")                                                                    \
    SHARED(BS, 1, "1", "011", 10, 10, "334", "242", NANP_RULES)                                   \
    MAIN(BT, 975, "", "00", 7, 8, "26", "M16-17,77:8 F2-8/1:7")                                   \
    MAIN(BW, 267, "", "00", 7, 10, "", "T800,0800:7-10 P90:7 V79:8 M7:8 F2-6:7")                  \
    MAIN(BY, 375, "80,8,0", "810", 6, 11, "2322",                                                 \
        "T800,801,820:10-11 P902:10 V249:9 M25,29,33,44:9 F1-2:9")                                \
    MAIN(BZ, 501, "", "00", 7, 11, "34", "T0800:11 M6:7 F2-8:7")                                  \
    SHARED(CA, 1, "1", "011", 10, 10, "334",                                                      \
        "204,226,236,249,250,257,263,289,306,343,354,365,367,368,382,387,403,416,418,428,431,"    \
        "437,438,450,460,468,474,506,514,519,537,548,568,579,581,584,587,604,613,639,647,672,"    \
        "683,705,709,742,753,778,780,782,807,819,825,851,867,873,879,902,905,942", NANP_RULES)    \
    SHARED(CC, 61, "0", "0011", 9, 9, "333", "89162", "F8")                                       \
    MAIN(CD, 243, "0", "00", 7, 9, "", "M8:9 M9:9 F1-6:7")                                        \
    MAIN(CF, 236, "", "00", 8, 8, "2222", "M7 F2 P8")                                             \
    MAIN(CG, 242, "", "00", 9, 9, "234", "M0 F2 P8")                                              \
    MAIN(CH, 41, "0", "00", 9, 12, "2322", "T800:9 P90:9 S84:9 N878:9 M74-79:9 U860:12 "          \
        "F2-6,81,91,58,51:9")                                                                     \
    MAIN(CI, 225, "", "00", 10, 10, "22222", "M01,05,07 F2")                                      \
    MAIN(CK, 682, "", "00", 5, 5, "23", "M5,7-8 F2-4")                                            \
    MAIN(CL, 56, "", "00", 9, 11, "144", "T800:9-11 S600:9-11 V44:9 B2-9:9")                      \
    MAIN(CM, 237, "", "00", 8, 9, "", "T88:8 F2:9 M6:9")                                          \
    MAIN(CN, 86, "0", "00", 7, 12, "344",                                                         \
        "T800:10 S400:10 P16:8 M13-19:11 F10,20-25,27-29/2:9-11 "                                 \
        "F3-9/3:9-11")                                                                            \
    MAIN(CO, 57, "0", "00", 8, 11, "334", "T1800:11 P1900:11 M3:10 F60/3:10")                     \
    MAIN(CR, 506, "", "00", 8, 10, "44", "T800:10 P90:10 V4:8 M3,5-8:8 F2:8")                     \
    MAIN(CU, 53, "0", "119", 6, 10, "", "T800:10 S807:10 M5:8 F2-4,7:6-8")                        \
    MAIN(CV, 238, "", "0", 7, 7, "322", "T800 M3-5,9 F2")                                         \
    MAIN(CW, 599, "", "00", 7, 8, "", "S60:7 M95-96,6:7-8 F9:8")                                  \
    SHARED(CX, 61, "0", "0011", 9, 9, "333", "89164", "F8")                                       \
    MAIN(CY, 357, "", "00", 8, 8, "26", "T800 P90 S801 N70 U77 M9 F2")                            \
    MAIN(CZ, 420, "", "00", 9, 12, "333", "T800:9 V91:9 P9:9 S8:9 N700:9 M60,70,72-73,77,79,6:9 " \
        "F2-5:9 N70:9")                                                                           \
    MAIN(DE, 49, "0", "00", 4, 13, "", "T800:10-13 P900:10 P137:6-11 S180:5-13 N700:11 V32:11 "   \
        "U18:8-13 M15-17/3:10-11 F30,40,69,89/2:5-11 F2-9/3:5-13")                                \
    MAIN(DJ, 253, "", "00", 8, 8, "2222", "M77 F2")                                               \
    MAIN(DK, 45, "", "00", 8, 8, "2222", "T80 P90 B2-9")                                          \
    SHARED(DM, 1, "1", "011", 10, 10, "334", "767", NANP_RULES)                                   \
    SHARED(DO, 1, "1", "011", 10, 10, "334", "809,829,849", NANP_RULES)                           \
    MAIN(DZ, 213, "0", "00", 8, 9, "", "T800:9 P803-809:9 S801-802:9 V98:9 M5-7:9 F1-4:8 F9:9")   \
    MAIN(EC, 593, "0", "00", 8, 11, "234", "T1800:11 M9:9 F2-7/1:8")                              \
    MAIN(EE, 372, "", "00", 7, 10, "44", "T800:7-10 P900:7 N70:8 M5,81-83:7-8 F3-7,88:7")         \
    MAIN(EG, 20, "0", "00", 8, 10, "244", "T800:10 P900:10 M10-12,15:10 F2/1:9 F3/1:8 F13,4-9:9") \
    SHARED(EH, 212, "0", "00", 9, 9, "", "5288,5289", "F5")                                       \
    MAIN(ER, 291, "0", "00", 7, 7, "", "M17,7 F1,8")                                              \
    MAIN(ES, 34, "", "00", 9, 9, "333", "T800,900 P803,806-807,905 S901-902 N70 V51 M6-7 "        \
        "F8-9")                                                                                   \
    MAIN(ET, 251, "0", "00", 9, 9, "234", "M9 F1-5,7")                                            \
    MAIN(FI, 358, "0", "00,990,999", 5, 12, "234",                                                \
        "T800:7-10 P600,700:8-9 U10,20,29,30,71,73,75 "                                           \
        "M4,50:6-11 F1-3,5-6,8-9/1:5-10")                                                         \
    MAIN(FJ, 679, "", "00", 7, 11, "34", "T0800:11 M2,7-9,5:7 F3,6,8:7")                          \
    MAIN(FK, 500, "", "00", 5, 5, "", "M5-6 F2-4")                                                \
    MAIN(FM, 691, "", "011", 7, 7, "34", "M350,9 F3")                                             \
    MAIN(FO, 298, "", "00", 6, 6, "222", "T80 P90 V6 F20 M2,5,7 F3-4,8")                          \
    MAIN(FR, 33, "0", "00", 9, 9, "12222", "T80 P89 S8 M6-7 V9 F1-5")                             \
    MAIN(GA, 241, "0", "00", 7, 8, "", "F01:8 M0,2,3-7:7-8 F1:8")                                 \
    MAIN(GB, 44, "0", "00", 7, 10, "46", "T800,808:7-10 P9,871-873:10 S84,870:10 N70:10 V56:10 "  \
        "U76,55,3:10 M7:10 F2/2:10 F11,1.1/3:10 F1:9-10")                                         \
    SHARED(GD, 1, "1", "011", 10, 10, "334", "473", NANP_RULES)                                   \
    MAIN(GE, 995, "0", "00", 9, 9, "3222", "T800 V70 M5,79 F3-4")                                 \
    MAIN(GF, 594, "0", "00", 9, 9, "3222", "T80 V976 M694 F594")                                  \
    SHARED(GG, 44, "0", "00", 10, 10, "46", "1481,7781,7839,7911", "M7 F1")                       \
    MAIN(GH, 233, "0", "00", 8, 9, "234", "T80:8 M2,5:9 F3:9")                                    \
    MAIN(GI, 350, "", "00", 8, 8, "", "M5-6 F2")                                                  \
    MAIN(GL, 299, "", "00", 6, 6, "222", "T80 V38-39 M2,4-5 F1,3,6-9")                            \
    MAIN(GM, 220, "", "00", 7, 7, "34", "F56 M2-3,6-7,9,5 F4-5,8")                                \
    MAIN(GN, 224, "", "00", 8, 9, "", "M6:9 F3:8 V7:9")                                           \
    MAIN(GP, 590, "0", "00", 9, 9, "3222", "M69 F590 T80 V976")                                   \
    MAIN(GQ, 240, "", "00", 9, 9, "", "M2,5 F3 T80 P90")                                          \
    MAIN(GR, 30, "", "00", 10, 12, "", "T800:10-12 P90:10 S8:10 N70:10 U5:10 M69:10 "             \
        "M68,693:10 F21/2:10 F2:10")                                                              \
    MAIN(GT, 502, "", "00", 8, 11, "44", "T18:11 P19:11 M3-5:8 F2,6-7:8")                         \
    SHARED(GU, 1, "1", "011", 10, 10, "334", "671", NANP_RULES)                                   \
    MAIN(GW, 245, "", "00", 7, 9, "", "M9:9 F44:9 V40:7")                                         \
    MAIN(GY, 592, "", "001", 7, 7, "34", "T289,8 P9 M6-7 F2-4")                                   \
    MAIN(HK, 852, "", "001,002,00", 8, 11, "44", "T800:9 P900:11 N8:8 M4-7,9:8 F2-3:8")           \
    MAIN(HN, 504, "", "00", 8, 11, "44", "M3,7-9:8 F2:8 T8002:11")                                \
    MAIN(HR, 385, "0", "00", 6, 9, "", "T800,801:7-9 P6:6-8 N7:8-9 U62,72 M9:8-9 F1/1:8 "         \
        "F2-5:7-9")                                                                               \
    MAIN(HT, 509, "", "00", 8, 8, "44", "T8 V9 M3-4 F2")                                          \
    MAIN(HU, 36, "06", "00", 8, 9, "234", "T80:8 P90-91:8 S40:8 U38:9 M20,30-31,50,70:9 V21:9 "   \
        "F1/1:8 F2-9:8")                                                                          \
    MAIN(ID, 62, "0", "001,007,008,009,00", 7, 12, "344",                                         \
        "T800:8-11 P809:10 S804:10 M8:9-12 F21,22,24,31,61/2 "                                    \
        "F2-7,9")                                                                                 \
    MAIN(IE, 353, "0", "00", 7, 10, "234", "T1800:10 P15:10 S18:10 N700:9 V76:9 U818:9 M8:9 "     \
        "F1/1:8 F2-9:7-9")                                                                        \
    MAIN(IL, 972, "0", "00,012,013,014", 7, 12, "234",                                            \
        "T1800,180:7-10 P19:8-10 S1700:10 U1599:10 M5:9 "                                         \
        "V7:9 F2-4,8-9/1:8")                                                                      \
    SHARED(IM, 44, "0", "00", 10, 10, "46", "1624,7524,7624,7924,74576", "M7 F1")                 \
    MAIN(IN, 91, "0", "00", 8, 13, "55", "T1800:10-13 S186:11 T1600:8-13 U140:10 M6-9:10 "        \
        "F11,20,22,33,40,44,79,80/2:10 F1-9/3:10")                                                \
    MAIN(IO, 246, "", "00", 7, 7, "34", "M38 F37")                                                \
    MAIN(IQ, 964, "0", "00", 8, 10, "334", "M7:10 F1-6:8-9")                                      \
    MAIN(IR, 98, "0", "00", 10, 10, "334", "U99 M9 F1-8/2 X.")                                    \
    MAIN(IS, 354, "", "00", 7, 9, "34", "T80:7 P90:7 V49:7 M6-8:7 M3:9 F4-5:7")                   \
    MAIN(IT, 39, "", "00", 6, 12, "334",                                                          \
        "T800,803:6-9 P892,899,89:6-10 P166:8-10 S84:6-10 N178:10 V55:10 M3:9-10 "                \
        "F02,06/2:6-11 F010-011,015,019,030-031,035,039-040,041,045,049-051,055,059,"             \
        "070-071,075,079-081,085,089-091,095,099/3:6-11 "                                         \
        "F0121-0125,0131,0141-0144,0161,0163,0165-0166,0171-0175,0182-0185,0187,0321-0324,"       \
        "0331-0332,0341-0346,0362-0365,0371-0377,0381-0386,0421-0439,0442,0444-0445,0461-0465,"   \
        "0471-0474,0481,0521-0525,0532-0536,0541-0549,0564-0566,0571-0575,0577-0578,0583-0588,"   \
        "0721-0722,0731-0737,0742-0746,0761,0763,0765-0766,0771,0773-0776,0781-0785,0789,"        \
        "0823-0825,0827-0828,0831-0836,0861-0865,0871-0875,0881-0885,0921-0925,0931-0935,"        \
        "0941-0942,0961-0968,0971-0976,0981-0985/4:6-11")                                         \
    SHARED(JE, 44, "0", "00", 10, 10, "46", "1534,7509,7700,7797,7829,7937", "M7 F1")             \
    SHARED(JM, 1, "1", "011", 10, 10, "334", "658,876", NANP_RULES)                               \
    MAIN(JO, 962, "0", "00", 8, 9, "144", "T80:8 P90:8 S85:8 N70:9 M7:9 F2-3,5-6/1:8")            \
    MAIN(JP, 81, "0", "010", 8, 11, "244", "T120,800:9-10 P990:9 V50:10 N60:9 U570:9 "            \
        "M70,80,90:10 F3,6/1:9 F1-9/2:9")                                                         \
    MAIN(KE, 254, "0", "000", 7, 10, "", "T80:9-10 P900:9 M7,1:9 F2,4-6:7-9")                     \
    MAIN(KG, 996, "0", "00", 9, 10, "", "T800:9-10 M5,7,2,99,88:9 F3,6:9")                        \
    MAIN(KH, 855, "0", "001,007", 8, 10, "", "T1800:10 P1900:10 M1,6-9:8-9 F2-7:8-9")             \
    MAIN(KI, 686, "0", "00", 5, 8, "", "V30:8 M6,72-73:8 F7:8 F2-4:5")                            \
    MAIN(KM, 269, "", "00", 7, 7, "", "M3-4 F7 P8")                                               \
    SHARED(KN, 1, "1", "011", 10, 10, "334", "869", NANP_RULES)                                   \
    MAIN(KP, 850, "0", "00", 8, 10, "", "M19:10 F2,8:8")                                          \
    MAIN(KR, 82, "0", "00,001,002,00700", 5, 13, "244",                                           \
        "T80:9-11 P60:9 M10-11,16-19:9-10 V70:10 N50:10-12 "                                      \
        "F2/1:8-10 F3-6/2:8-11 U1:8")                                                             \
    MAIN(KW, 965, "", "00", 7, 8, "44", "T18:7 M5-6,9,41:8 F2:8")                                 \
    SHARED(KY, 1, "1", "011", 10, 10, "334", "345", NANP_RULES)                                   \
    SHARED(KZ, 7, "8", "810", 10, 10, "3322", "6,7", "T800 P809 V751 M700-709,747,76-77 F71-72")  \
    MAIN(LA, 856, "0", "00", 8, 10, "244", "M20:10 M30:9 F2-8:8")                                 \
    MAIN(LB, 961, "0", "00", 7, 8, "", "P9:8 S8:8 M3:7 M7,81:8 F1,4-9/1:7")                       \
    SHARED(LC, 1, "1", "011", 10, 10, "334", "758", NANP_RULES)                                   \
    MAIN(LI, 423, "", "00", 7, 9, "", "U870:7 T80:7 P90:7 M6:9 M7:7 F2-3:7")                      \
    MAIN(LK, 94, "0", "00", 9, 9, "234", "M7 F1-9")                                               \
    MAIN(LR, 231, "0", "00", 7, 9, "", "M5:7-9 M4,6-7,8:7-9 P3:7-9 F2:8")                         \
    MAIN(LS, 266, "", "00", 8, 8, "44", "T800 M5-6 F2")                                           \
    MAIN(LT, 370, "8,0", "00", 8, 8, "35", "T800 P90 S808 V801 N70 M6 F3-5")                      \
    MAIN(LU, 352, "", "00", 4, 11, "", "T800:8 P90:8 S801:8 N70:8 M6:9 F2-9:4-11")                \
    MAIN(LV, 371, "", "00", 8, 8, "44", "T80 P90 S81 M2 F6")                                      \
    MAIN(LY, 218, "0", "00", 9, 9, "27", "M9 F2-8,1")                                             \
    MAIN(MA, 212, "0", "00", 9, 9, "", "T80 P89 V592 M6-7 F5")                                    \
    MAIN(MC, 377, "0", "00", 8, 9, "2222", "T90,80:8 M3-4:8 M6:9 F8-9,7:8")                       \
    MAIN(MD, 373, "0", "00", 8, 8, "", "T800 P90 S808 U803 V3 M6-7 F2,5")                         \
    MAIN(ME, 382, "0", "00", 8, 9, "26", "T80:8-9 P9:8-9 V78:8 U77:8 M6:8-9 F2-5:8")              \
    SHARED(MF, 590, "0", "00", 9, 9, "3222", "59051,59052,59087", "M69 F59")                      \
    MAIN(MG, 261, "0", "00", 9, 9, "2232", "M3 V22 F2")                                           \
    MAIN(MH, 692, "1", "011", 7, 7, "34", "V635 M23,45 F2-6")                                     \
    MAIN(MK, 389, "0", "00", 8, 8, "", "T800 P5 S8 M7 F2-4")                                      \
    MAIN(ML, 223, "", "00", 8, 8, "2222", "T80 M5-9 F2,44")                                       \
    MAIN(MM, 95, "0", "00", 6, 10, "", "T80080:10 V1333:8 M9:7-10 F1-8:6-10")                     \
    MAIN(MN, 976, "0", "001,002", 8, 10, "44", "M5,8-9,6:8 F1-2:8-10 V75-76:8 F70,7:8")           \
    MAIN(MO, 853, "", "00", 7, 8, "44", "T0800:7 M6:8 F28,8:8")                                   \
    SHARED(MP, 1, "1", "011", 10, 10, "334", "670", NANP_RULES)                                   \
    MAIN(MQ, 596, "0", "00", 9, 9, "3222", "T80 V976 M69 F596")                                   \
    MAIN(MR, 222, "", "00", 8, 8, "2222", "T800 F25,35,45 M2-4 F2,3,4")                           \
    SHARED(MS, 1, "1", "011", 10, 10, "334", "664", NANP_RULES)                                   \
    MAIN(MT, 356, "", "00", 8, 8, "44", "V3550 T800 P50 U50 N8 M7,9 F2")                          \
    MAIN(MU, 230, "", "00", 7, 10, "", "T80:7-10 P30:7 V3:7 M5:8 F2,4,6,8:7 M7:8")                \
    MAIN(MV, 960, "", "00", 7, 10, "34", "T800:10 P900:10 U4:7 M7,9:7 F3,6:7")                    \
    MAIN(MW, 265, "0", "00", 7, 9, "", "M9,8,111,7,3:9 F1:7 F2:9")                                \
    MAIN(MX, 52, ",01,044,045,1", "00", 10, 10, "334", "T800 P900 N500 S300 B33,55,56,81/2 B2-9") \
    MAIN(MY, 60, "0", "00", 8, 10, "234", "T1800,1300:10 P1600:10 V154:10 M10-19:9-10 "           \
        "F3/1:9 F4-9/1:8 F8:8")                                                                   \
    MAIN(MZ, 258, "", "00", 8, 9, "", "T800:9 M8:9 F2:8")                                         \
    MAIN(NA, 264, "0", "00", 8, 9, "", "T80:9 V886:8-9 P87:8-9 M60,8:9 F6:8-9")                   \
    MAIN(NC, 687, "", "00", 6, 6, "222", "T050 P36 M7-9,5 F2-4,88")                               \
    MAIN(NE, 227, "", "00", 8, 8, "2222", "T08 P09 M8-9,7 F2")                                    \
    MAIN(NF, 672, "", "00", 5, 6, "", "M3:5-6 F1,2:5-6")                                          \
    MAIN(NG, 234, "0", "009", 7, 12, "334", "T800:10-12 U700:10-12 M70-71,80-81,90-91:10 "        \
        "F1-9:7-8")                                                                               \
    MAIN(NI, 505, "", "00", 8, 8, "44", "T18 M5-8 F2")                                            \
    MAIN(NL, 31, "0", "00", 7, 11, "", "T800:7-10 P90:7-10 N84,87:9 V85,91:9 U88,66-67:9 "        \
        "M6:9 F10,13,15,20,23-24,26,30,33,35-36,38,40,43,45-46,50,53,55,58,70-79/2:9 F1-5,7/3:9") \
    MAIN(NO, 47, "", "00", 5, 8, "323", "T80:8 P82,829:8 S810,815:8 N880:8 V85:8 U0:5 "           \
        "M4,9,59:8 F2-3,5-7/2:8")                                                                 \
    MAIN(NP, 977, "0", "00", 8, 11, "", "T1:11 M9:10 F1/1:8 F2-9/2:8")                            \
    MAIN(NR, 674, "", "00", 7, 7, "34", "M55,222,8 F4,888")                                       \
    MAIN(NU, 683, "", "00", 4, 7, "", "M888,4:4-7 F4,7:4")                                        \
    MAIN(NZ, 64, "0", "00", 5, 10, "", "T80:8-10 P90:7-10 N70:9 U8:6-10 M2:8-10 F3-4,6-7,9/1:8")  \
    MAIN(OM, 968, "", "00", 7, 9, "44", "T80:7-9 P900:8 M7,9:8 F2:8")                             \
    MAIN(PA, 507, "", "00", 7, 11, "", "T800:7-11 P8:7 M6:8 M1:7 F2-9:7")                         \
    MAIN(PE, 51, "0", "00", 8, 9, "333", "T800:8 P805:8 S801:8 N80:8 M9:9 F1/1:8 F4-8/2:8")       \
    MAIN(PF, 689, "", "00", 6, 9, "2222", "T80:9 V499:8 P44:6 M8:8 F4:8")                         \
    MAIN(PG, 675, "", "00", 7, 8, "34", "T180:7 M7-8:8 V2750,275:7 F3-6,9:7")                     \
    MAIN(PH, 63, "0", "00", 6, 13, "334", "T1800:11-13 M9,8:10 F2/1:6-9 F3-8/2:7-9")              \
    MAIN(PK, 92, "0", "00", 8, 12, "37", "T800:8 P900:8 N122:9 M3:10 F2-9:8-10")                  \
    MAIN(PL, 48, "", "00", 9, 10, "333", "T800:9-10 P70:9 S801,80:9 V39:9 M45,50-51,53,57,60,"    \
        "66,69,72-73,78-79,88:9 F1-9/2:9")                                                        \
    MAIN(PM, 508, "0", "00", 6, 9, "222", "M4-5:6 F41:6 M708:9 T80:9")                            \
    SHARED(PR, 1, "1", "011", 10, 10, "334", "787,939", NANP_RULES)                               \
    MAIN(PS, 970, "0", "00", 8, 10, "", "T1800:10 S1700:10 M5:9 F2,4,8-9/1:8")                    \
    MAIN(PT, 351, "", "00", 9, 9, "333", "T800 P760,76,6 S808 N884 V30 U707 M9 F2")               \
    MAIN(PW, 680, "", "011", 7, 7, "34", "M77,62-63,88 F2-9")                                     \
    MAIN(PY, 595, "0", "00", 6, 11, "", "T9800:11 M9:9 F21/2:8-9 F2-8:7-9")                       \
    MAIN(QA, 974, "", "00", 7, 11, "44", "T800,0080:7-11 M3,5-7:8 F4:8 M2:7")                     \
    MAIN(RE, 262, "0", "00", 9, 9, "3222", "T80 P89 S81-84 V9 M69 F26")                           \
    MAIN(RO, 40, "0", "00", 6, 9, "333", "T800:9 P90:9 S801:9 M6-7:9 F2-3:9 F2,3:6")              \
    MAIN(RS, 381, "0", "00", 6, 12, "", "T800:6-9 P90,78:6-9 U700:6-9 M6:8-10 F1/2:7-12 "         \
        "F2-3:7-12")                                                                              \
    MAIN(RU, 7, "8", "810", 10, 10, "3322", "T800,804 P803,809 N808 M9 F3-4,8")                   \
    MAIN(RW, 250, "0", "00", 8, 9, "", "T800:9 P900:9 M7:9 F2:9 F06:8")                           \
    MAIN(SA, 966, "0", "00", 8, 12, "234", "T800:10 P925:9 S9200:9 U811:10 M5:9 F1/2:9")          \
    MAIN(SB, 677, "", "00", 5, 7, "", "T18:5 M7-8,48,9:7 V51:5 F1-6:5")                           \
    MAIN(SC, 248, "", "00", 7, 7, "", "T800 V64 M2 F4 P9")                                        \
    MAIN(SD, 249, "0", "00", 9, 9, "234", "F15,18 M9,1")                                          \
    MAIN(SE, 46, "0", "00", 6, 12, "", "T20:6-9 P9:7-10 S77:6-10 N75:9 U25 M7:9 F8/1:7-9 F1-6")   \
    MAIN(SG, 65, "", "001,002,000,008", 8, 11, "44",                                              \
        "T800,1800:10-11 P1900:11 U7000:11 V3:8 M8-9:8 F6:8")                                     \
    MAIN(SH, 290, "", "00", 4, 5, "", "M5-6:5 F2:5 V2:5")                                         \
    MAIN(SI, 386, "0", "00", 5, 8, "",                                                            \
        "T80:6-8 P90,89:5-8 V59,8:8 M30-31,40-41,51,64-65,68-71:8 "                               \
        "F1-5,7/1:8")                                                                             \
    SHARED(SJ, 47, "", "00", 5, 8, "323", "79", "F79:8 U0:5")                                     \
    MAIN(SK, 421, "0", "00", 6, 9, "333",                                                         \
        "T800:9 P900,97-98:9 S8:9 V69,6:9 M9:9 F2/1:9 F3-5/2:9")                                  \
    MAIN(SL, 232, "0", "00", 8, 8, "26", "F22 M2-3,7-9 F2")                                       \
    MAIN(SM, 378, "", "00", 6, 10, "", "P7:6-8 V5:6-8 M6:8 F0549:10 F8-9:6")                      \
    MAIN(SN, 221, "", "00", 9, 9, "2322", "T800 P88 S81 V933,39 M7 F3")                           \
    MAIN(SO, 252, "0", "00", 6, 9, "", "M6-9:7-9 F1-5:6-7")                                       \
    MAIN(SR, 597, "", "00", 6, 7, "", "V56:6 M6-8:7 F2-5:6")                                      \
    MAIN(SS, 211, "0", "00", 9, 9, "", "M9 F1")                                                   \
    MAIN(ST, 239, "", "00", 7, 7, "34", "M9 F2")                                                  \
    MAIN(SV, 503, "", "00", 7, 11, "44", "T800:7-11 P900:7-11 M6-7:8 F2:8")                       \
    SHARED(SX, 1, "1", "011", 10, 10, "334", "721", NANP_RULES)                                   \
    MAIN(SY, 963, "0", "00", 8, 9, "", "M9:9 F1-5/2:8-9")                                         \
    MAIN(SZ, 268, "", "00", 8, 9, "44", "T0800:8 P900:9 V70:8 M7:8 F2-3:8")                       \
    SHARED(TA, 290, "", "00", 4, 4, "", "8", "F8")                                                \
    SHARED(TC, 1, "1", "011", 10, 10, "334", "649", NANP_RULES)                                   \
    MAIN(TD, 235, "", "00", 8, 8, "2222", "M6-9 F2")                                              \
    MAIN(TG, 228, "", "00", 8, 8, "2222", "M7,9 F2")                                              \
    MAIN(TH, 66, "0", "001,009", 8, 13, "234",                                                    \
        "T1800:10-13 P1900:10-13 V6:9 M6,8-9:9 F2/1:8 F3-7:8")                                    \
    MAIN(TJ, 992, "", "810", 9, 9, "", "M9,88,77,70,55,50,00,02,07,11,17,4,2 F3-4")               \
    MAIN(TK, 690, "", "00", 4, 7, "", "M7:4-7 F2-4:4-7")                                          \
    MAIN(TL, 670, "", "00", 7, 8, "44", "T80:7 P90:7 N70:7 M7:8 F2-4:7")                          \
    MAIN(TM, 993, "8", "810", 8, 8, "26", "M6 F1-5")                                              \
    MAIN(TN, 216, "", "00", 8, 8, "", "T8010 P80,88 S81 M2,4-5,9 F3,7-8")                         \
    MAIN(TO, 676, "", "00", 5, 7, "", "T0800:7 M7-8:7 F2-8:5")                                    \
    MAIN(TR, 90, "0", "00", 7, 13, "3322", "T800,822:10-13 P888,898,900:10 N592:10 V850:10 "      \
        "S444:7 M5:10 F2-4:10")                                                                   \
    SHARED(TT, 1, "1", "011", 10, 10, "334", "868", NANP_RULES)                                   \
    MAIN(TV, 688, "", "00", 5, 7, "", "M9,7:6-7 F2:5")                                            \
    MAIN(TW, 886, "0", "002,006,009", 7, 11, "333", "T80:8-9 P20:7-9 N99:9 V70:10 U50:7-9 M9:9 "  \
        "F2/1:9 F3-8:8-9")                                                                        \
    MAIN(TZ, 255, "0", "000", 9, 9, "", "T80 P90 S84 V41 M6-7 F2")                                \
    MAIN(UA, 380, "0", "00", 9, 10, "2322",                                                       \
        "T800:9-10 P900:9-10 V89:9 M39,50,63,66-68,73,91-99:9"                                    \
        " F3-6:9")                                                                                \
    MAIN(UG, 256, "0", "000", 9, 9, "", "T800 P90 M7 F2-4")                                       \
    MAIN(US, 1, "1", "011", 10, 10, "334", NANP_RULES)                                            \
    MAIN(UY, 598, "0", "00", 7, 12, "", "T800,0004,405:7-10 P90:7 M9:8 F2,4:8")                   \
    MAIN(UZ, 998, "8", "810", 9, 9, "2322", "M33,50,55,77,88,9 F6-7")                             \
    SHARED(VA, 39, "", "00", 6, 12, "", "06698", "F06")                                           \
    SHARED(VC, 1, "1", "011", 10, 10, "334", "784", NANP_RULES)                                   \
    MAIN(VE, 58, "0", "00", 10, 10, "37", "T800 P90 U50 M4 F2")                                   \
    SHARED(VG, 1, "1", "011", 10, 10, "334", "284", NANP_RULES)                                   \
    SHARED(VI, 1, "1", "011", 10, 10, "334", "340", NANP_RULES)                                   \
    MAIN(VN, 84, "0", "00", 7, 10, "234", "T1800:8-10 P1900:8-10 V67:9 U69:7-8 M3,5,7-9:9 "       \
        "F2/3:10")                                                                                \
    MAIN(VU, 678, "", "00", 5, 7, "", "T81:5 V90:7 V57:5 M5,7:7 F2-4,8:5")                        \
    MAIN(WF, 681, "", "00", 6, 9, "222", "F72:6 M7-8:6 T80:9")                                    \
    MAIN(WS, 685, "", "0", 5, 10, "", "T800:6 M7-8:7-10 F2-6:5-6")                                \
    MAIN(XK, 383, "0", "00", 8, 12, "", "T800:8 P900:8 N70:8 M43-49:8 F2-3:8-9")                  \
    MAIN(YE, 967, "0", "00", 7, 9, "", "M7:9 F1-7/1:7-8")                                         \
    SHARED(YT, 262, "0", "00", 9, 9, "3222", "269,639", "M639 F269 V9")                           \
    MAIN(ZA, 27, "0", "00", 9, 10, "234", "T80:9 S860:9 P86,90:9 V87:9 M6-8:9 F1-5:9")            \
    MAIN(ZM, 260, "0", "00", 9, 9, "234", "T800 M7,9 F2 V63")                                     \
    MAIN(ZW, 263, "0", "00", 5, 10, "", "T80:7 V86:10 M7:9 F1-9:5-10")

#define PHONE_SERVICES(WORLD)                                                                     \
    WORLD(800, 8, 8, "T.")                                                                        \
    WORLD(808, 8, 8, "S.")                                                                        \
    WORLD(870, 9, 9, "M.")                                                                        \
    WORLD(878, 12, 12, "V10")                                                                     \
    WORLD(881, 9, 9, "M.")                                                                        \
    WORLD(882, 7, 12, "U.")                                                                       \
    WORLD(883, 9, 12, "V.")                                                                       \
    WORLD(888, 11, 11, "U.")                                                                      \
    WORLD(979, 9, 9, "P.")

enum {
#define MAIN(iso, code, trunk, intl, min, max, groups, rules) PHONE_ROW_##iso,
#define SHARED(iso, code, trunk, intl, min, max, groups, leading, rules) PHONE_ROW_##iso,
#define WORLD(code, min, max, rules) PHONE_ROW_##code,
    PHONE_COUNTRIES(MAIN, SHARED)
    PHONE_ROW_COUNTRIES, /* how many countries; the services follow */
    PHONE_ROW_LAST_COUNTRY = PHONE_ROW_COUNTRIES - 1,
    PHONE_SERVICES(WORLD)
#undef MAIN
#undef SHARED
#undef WORLD
};

static const acrm__phone_country phone_rows[] = {
#define MAIN(iso, code, trunk, intl, min, max, groups, rules)                                     \
    { #iso, code, min, max, trunk, intl, groups, NULL, rules },
#define SHARED(iso, code, trunk, intl, min, max, groups, leading, rules)                          \
    { #iso, code, min, max, trunk, intl, groups, leading, rules },
#define WORLD(code, min, max, rules) { "001", code, min, max, "", "", "", NULL, rules },
    PHONE_COUNTRIES(MAIN, SHARED)
    PHONE_SERVICES(WORLD)
#undef MAIN
#undef SHARED
#undef WORLD
};

/* By calling code: the row of its owner plus one, 0 if nobody's. */
static const uint16_t phone_owner[1000] = {
#define MAIN(iso, code, trunk, intl, min, max, groups, rules) [code] = PHONE_ROW_##iso + 1,
#define SHARED(iso, code, trunk, intl, min, max, groups, leading, rules)
#define WORLD(code, min, max, rules) [code] = PHONE_ROW_##code + 1,
    PHONE_COUNTRIES(MAIN, SHARED)
    PHONE_SERVICES(WORLD)
#undef MAIN
#undef SHARED
#undef WORLD
};

/* The codes stand together here because every number is looked for among them. */
static const struct {
    uint16_t code, row;
} phone_sharers[] = {
#define MAIN(iso, code, trunk, intl, min, max, groups, rules)
#define SHARED(iso, code, trunk, intl, min, max, groups, leading, rules)                          \
    { code, PHONE_ROW_##iso },
    PHONE_COUNTRIES(MAIN, SHARED)
#undef MAIN
#undef SHARED
};

const acrm__phone_country *acrm__phone_country_at(size_t n)
{
    return n < PHONE_ROW_COUNTRIES ? &phone_rows[n] : NULL;
}

/* The letter in upper case, or 0 for anything but an ASCII letter. */
static char phone_upper(char c)
{
    if (c >= 'a' && c <= 'z')
        return (char)(c - 'a' + 'A');
    return c >= 'A' && c <= 'Z' ? c : '\0';
}

const acrm__phone_country *acrm__phone_by_iso(const char *iso)
{
    char key[3] = { phone_upper(iso[0]) };
    size_t low = 0, high = PHONE_ROW_COUNTRIES;

    if (key[0] == '\0' || (key[1] = phone_upper(iso[1])) == '\0' || iso[2] != '\0')
        return NULL;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = memcmp(key, phone_rows[mid].iso, 2);

        if (order == 0)
            return &phone_rows[mid];
        if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return NULL;
}

/*
 * Does the number start with this item of a list of leading digits? Leaves `*item` at the
 * character after the item.
 */
static bool phone_starts(const char **item, const char *digits, size_t n)
{
    const char *low = *item;
    size_t len = 0;
    bool match = true;

    for (; low[len] == '.' || (low[len] >= '0' && low[len] <= '9'); len++)
        match = match && len < n && (low[len] == digits[len] || low[len] == '.');
    *item = low + len;
    if (low[len] != '-')
        return match;
    *item += 1 + len;
    return len <= n && memcmp(digits, low, len) >= 0 && memcmp(digits, low + len + 1, len) <= 0;
}

/* Does the number start with any item of the comma-separated list? Moves past the list. */
static bool phone_starts_with_any(const char **list, const char *digits, size_t n)
{
    bool match = false;

    for (;; ++*list) {
        match = phone_starts(list, digits, n) || match;
        if (**list != ',')
            return match;
    }
}

/* Does the number start with an item of a list that has no ranges? North America's is long. */
static bool phone_leads(const char *list, const char *digits, size_t n)
{
    for (;;) {
        size_t i = 0;

        while (i < n && list[i] == digits[i])
            i++;
        if (list[i] == ',' || list[i] == '\0')
            return true;
        while (list[i] != ',' && list[i] != '\0')
            i++;
        if (list[i] == '\0')
            return false;
        list += i + 1;
    }
}

const acrm__phone_country *acrm__phone_owner(const acrm__phone_country *home, const char *national,
                                             size_t n)
{
    const acrm__phone_country *main = &phone_rows[phone_owner[home->code] - 1];

    for (size_t i = 0; i < sizeof phone_sharers / sizeof phone_sharers[0]; i++) {
        const acrm__phone_country *row = &phone_rows[phone_sharers[i].row];

        if (phone_sharers[i].code == home->code && phone_leads(row->leading, national, n))
            return row;
    }
    return main;
}

const acrm__phone_country *acrm__phone_by_number(const char *digits, size_t n, size_t *code_len)
{
    unsigned code = 0;

    for (size_t i = 0; i < n && i < 3; i++) {
        code = code * 10 + (unsigned)(digits[i] - '0');
        if (code == 0) /* no calling code starts with 0 */
            return NULL;
        if (phone_owner[code]) {
            *code_len = i + 1;
            return acrm__phone_owner(&phone_rows[phone_owner[code] - 1], digits + i + 1,
                                     n - i - 1);
        }
    }
    return NULL;
}

static int phone_number(const char **p)
{
    int value = 0;

    for (; **p >= '0' && **p <= '9'; ++*p)
        value = value * 10 + (**p - '0');
    return value;
}

static int32_t phone_kind(char letter)
{
    static const char phone_kinds[] = "XFMBTPSVNU"; /* in the order of ACRM_PHONE_KIND_... */

    return (int32_t)(strchr(phone_kinds, letter) - phone_kinds);
}

acrm__phone_verdict acrm__phone_judge(const acrm__phone_country *country, const char *national,
                                      size_t n)
{
    acrm__phone_verdict verdict = { .validity = ACRM_PHONE_POSSIBLE };
    int len = (int)n;

    if (len < country->min || len > country->max) {
        verdict.validity = len < country->min ? ACRM_PHONE_TOO_SHORT : ACRM_PHONE_TOO_LONG;
        return verdict;
    }
    for (const char *p = country->rules; *p; p += *p == ' ') {
        int32_t kind = phone_kind(*p++);
        bool match = phone_starts_with_any(&p, national, n);
        int area = 0, min = country->min, max = country->max;

        if (*p == '/') {
            p++;
            area = phone_number(&p);
        }
        if (*p == ':') {
            p++;
            min = max = phone_number(&p);
            if (*p == '-') {
                p++;
                max = phone_number(&p);
            }
        }
        if (!match)
            continue;
        if (kind == ACRM_PHONE_KIND_UNKNOWN)
            return (acrm__phone_verdict){ .validity = ACRM_PHONE_UNASSIGNED };
        if (len >= min && len <= max)
            return (acrm__phone_verdict){ ACRM_PHONE_VALID, kind, area };
        if (verdict.validity == ACRM_PHONE_POSSIBLE) /* the first range that fits explains */
            verdict.validity = len < min ? ACRM_PHONE_TOO_SHORT : ACRM_PHONE_TOO_LONG;
    }
    return verdict;
}

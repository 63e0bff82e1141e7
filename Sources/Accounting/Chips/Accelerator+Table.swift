/// Peak rates, memory and power of accelerators, in order: the first row that matches a name wins.
///
/// Columns: name; words of a driver's name; board power in W; memory in GB; bandwidth in GB/s; dense
/// peaks in TFLOP/s (TOP/s for int8) of fp32, tf32, bf16, fp16, fp8, int8 and fp4, with fp32
/// accumulation; devices the system sees of one such board; the vendor's document. A figure that
/// was published with sparsity only is halved; one that is not published, or unsure, is left out.
///
/// Words: all of them stand in the name, in any order; `-word` must not; `$` demands that the last
/// one ends the name; a comma separates alternatives. The board power of a module (GH200, GB200,
/// MI300A, Jetson) includes its processor, that of a CS-3 the system.
extension Accelerator {
  static let table = """
    GB300|gb300|1400|288|8000||1250|2500|2500|5000||15000||NVL72 page / 72
    B300 SXM|b300|1100|288|8000|75|1125|2250|2250|4500||13500||HGX B300 page / 8
    GB200|gb200|1200|186|8000|80|1250|2500|2500|5000|5000|10000||NVL72 page / 72
    B200 SXM|b200|1000|180|8000|75|1125|2250|2250|4500|4500|9000||HGX B200 datasheet / 8
    B100 SXM|b100|700|192|8000|60|900|1750|1750|3500|3500|7000||HGX B100 brief / 8
    GH200 144GB HBM3e|gh200 144g, gh200 144gb|1000|144|4900|67|494.5|989.5|989.5|1979|1979|||datasheet
    GH200 96GB HBM3|gh200|1000|96|4000|67|494.5|989.5|989.5|1979|1979|||datasheet
    H200 NVL|h200 nvl|600|141|4800|60|417.5|835.5|835.5|1670.5|1670.5|||H200 datasheet
    H200 SXM|h200|700|141|4800|67|494.5|989.5|989.5|1979|1979|||H200 datasheet
    H100 NVL|h100 nvl|400|94|3900|60|417.5|835.5|835.5|1670.5|1670.5|||H100 datasheet
    H100 PCIe|h100 pcie|350|80|2000|51.2|378|756|756|1513|1513|||H100 datasheet
    H100 SXM5 80GB|h100|700|80|3350|67|494.5|989.5|989.5|1979|1979|||H100 datasheet
    H800 SXM|h800 -pcie|700|80|3350|67|494.5|989.5|989.5|1979|1979|||H800 specification
    H20|h20|400|96|4000|44|74|148|148|296|296|||specification sheet, by server vendors
    A100 SXM4 80GB|a100 sxm4 80gb, a100 sxm 80gb|400|80|2039|19.5|156|312|312||624|||datasheet
    A100 SXM4 40GB|a100 sxm4 40gb, a100 sxm 40gb|400|40|1555|19.5|156|312|312||624|||A100 datasheet
    A100 PCIe 80GB|a100 80gb pcie|300|80|1935|19.5|156|312|312||624|||datasheet
    A100 PCIe 40GB|a100 pcie 40gb|250|40|1555|19.5|156|312|312||624|||A100 datasheet
    A800 SXM4 80GB|a800 sxm4 80gb, a800 sxm 80gb|400|80|2039|19.5|156|312|312||624|||A800 datasheet
    A30|a30|165|24|933|10.3|82|165|165||330|||datasheet
    A40|a40|300|48|696|37.4|74.8|149.7|149.7||299.3|||datasheet
    A10G|a10g|300|24|600|35|35|70|70||140|||specification (AWS G5)
    A10|a10|150|24|600|31.2|62.5|125|125||250|||datasheet
    A2|a2|60|16|200|4.5|9|18|18||36|||datasheet
    L40S|l40s|350|48|864|91.6|183|362|362|733|733|||datasheet
    L40|l40|300|48|864|90.5|90.5|181|181|362|362|||datasheet
    L4|l4|72|24|300|30.3|60|121|121|242.5|242.5|||datasheet
    T4|t4|70|16|320|8.1|||65||130|||datasheet
    V100S PCIe 32GB|v100s|250|32|1134|16.4|||130|||||V100 datasheet
    V100 SXM2/SXM3|v100 sxm2, v100 sxm3|300|32|900|15.7|||125|||||V100 datasheet
    V100 PCIe|v100 pcie, v100 fhhl|250|32|900|14|||112|||||V100 datasheet
    P100 SXM2|p100 sxm2|300|16|732|10.6|||21.2|||||Tesla P100 datasheet
    P100 PCIe 16GB|p100 pcie -12gb|250|16|732|9.3|||18.7|||||Tesla P100 datasheet
    RTX PRO 6000 Max-Q|rtx pro 6000 blackwell max q|300|96|1792|||||||||datasheet
    RTX PRO 6000 Server|rtx pro 6000 blackwell server|600|96|1597|120||||||2000||datasheet
    RTX PRO 6000 Workstation|rtx pro 6000 blackwell|600|96|1792|125||||||2000||datasheet
    RTX 6000 Ada|rtx 6000 ada|300|48|960|91.1|182.1|364.2|364.2|728.5|728.5|||datasheet
    RTX A6000|rtx a6000|300|48|768|38.7|77.4|154.8|154.8||309.7|||datasheet
    RTX A5000|rtx a5000|230|24|768|27.8|55.6|111.1|111.1||222.2|||datasheet
    RTX A4000|rtx a4000|140|16|448|19.2|38.3|76.7|76.7||153.4|||datasheet
    Quadro RTX 8000|quadro rtx 8000|295|48|672|16.3|||130.5|||||datasheet
    GeForce RTX 5090|rtx 5090 -d|575|32|1792|104.8|104.8|209.5|209.5|419|838|1676||white paper
    GeForce RTX 5080|rtx 5080|360|16|960|56.3|56.3|112.6|112.6|225.1|450.2|900.4||white paper
    GeForce RTX 4090|rtx 4090 -d|450|24|1008|82.6|82.6|165.2|165.2|330.3|660.6|||Ada white paper
    GeForce RTX 4080|rtx 4080 $|320|16|716.8|48.7|48.7|97.5|97.5|194.9|389.9|||Ada white paper
    GeForce RTX 4080 SUPER|rtx 4080 super|320|16|736|52.2||||||||page
    GeForce RTX 3090|rtx 3090 $|350|24|936|35.6|35.6|71|71||284|||GA102 white paper
    GeForce RTX 3080 10GB|rtx 3080 $|320|10|760|29.8|29.8|59.5|59.5||238|||GA102 white paper
    GeForce GTX 1080 Ti|gtx 1080 ti|250|11|484|11.3||||||||page
    TITAN RTX|titan rtx|280|24|672|16.3|||130.5|||||page
    DGX Spark GB10|gb10|140|128|273|||||||500||DGX Spark datasheet
    Jetson Thor T5000|thor|130|128|273|||||||1035||Jetson Thor datasheet
    Jetson AGX Orin 64GB|agx orin|60|64|204.8|5.3|||||137.5|||Jetson AGX Orin datasheet
    Jetson Orin NX 16GB|orin nx|25|16|102.4||||||50|||Jetson Orin NX datasheet
    Jetson Orin Nano 8GB|orin nano|15|8|68||||||20|||Jetson Orin Nano datasheet
    Instinct MI355X|mi355x|1400|288|8000|157.3||2516.6|2516.6|5033.2|5033.2|10066.3||datasheet
    Instinct MI350X|mi350x|1000|288|8000|144.2||2306.9|2306.9|4613.7|4613.7|9227.5||datasheet
    Instinct MI325X|mi325x|1000|256|6000|163.4|653.7|1307.4|1307.4|2614.9|2614.9|||datasheet
    Instinct MI300X|mi300x|750|192|5300|163.4|653.7|1307.4|1307.4|2614.9|2614.9|||datasheet
    Instinct MI300A|mi300a|550|128|5300|122.6|490.3|980.6|980.6|1961.2|1961.2|||datasheet
    Instinct MI250X|mi250x|560|128|3277|47.9||383|383||383||2|datasheet
    Instinct MI250|mi250|560|128|3277|45.3||362.1|362.1||362.1||2|datasheet
    Instinct MI210|mi210|300|64|1638|22.6||181|181||181|||datasheet
    Instinct MI100|mi100|300|32|1229|23.1||92.3|184.6||184.6|||datasheet
    Radeon RX 9070 XT|rx 9070 xt|304|16|640|48.7|||195|389|389|||page (dense)
    Radeon RX 7900 XTX|rx 7900 xtx|355|24|960|61.4|||122.8|||||page
    Radeon PRO W7900|w7900|295|48|864|61.3|||122.6|||||page
    Gaudi 3 OAM|gaudi 3, gaudi3, hl 325l, hl 338|900|128|3700|||1835||1835||||Gaudi 3 white paper
    Gaudi 2|gaudi 2, gaudi2, hl 225|600|96|2460|||432||865||||white paper
    GPU Max 1550|max 1550|600|128|3277|52.4||||||||specification
    Arc B580|arc b580|190|12|456||||||233|||specification
    Arc A770 16GB|arc a770|225|16|560||||||262|||Arc A770 specification
    TPU7x Ironwood|tpu7x, tpu 7x, tpu v7, ironwood||192|7380|||2307||4614|||2|TPU manual
    TPU v6e Trillium|tpu v6 lite, tpu v6e||32|1638|||918|||1836|||Cloud TPU v6e manual
    TPU v5p|tpu v5p, tpu v5 $||95|2765|||459|||918|||Cloud manual
    TPU v5e|tpu v5 lite, tpu v5e, tpu v5litepod||16|819|||197|||393|||Cloud manual
    TPU v4|tpu v4||32|1228|||275|||275|||Cloud manual; arXiv:2304.01433
    TPU v3|tpu v3||32|900|||123|||||2|Cloud manual
    AWS Trainium3|trainium3, trainium 3, trn3||144|4900|183|671|671|671|2517||2517||Neuron manual
    AWS Trainium2|trainium2, trainium 2, trn2||96|2900|181|667|667|667|1299||||Neuron manual
    AWS Trainium1|trainium1, trainium, trn1||32|820|47.5|190|190|190|190|380|||Neuron manual
    AWS Inferentia2|inferentia2, inferentia 2, inf2||32|820|47.5|190|190|190|190|380|||Neuron manual
    Apple M1 Ultra|apple m1 ultra $||128|800|21||||||||press release, M1 Ultra
    Apple M1 Max|apple m1 max $||64|400|10.4||||||||press release, M1 Max
    Apple M1 Pro|apple m1 pro $||32|200|5.2||||||||press release, M1 Pro
    Apple M1|apple m1 $||16|68|2.6||||||||press release, M1
    Apple M2 Ultra|apple m2 ultra $||192|800|||||||||press release, M2 Ultra
    Apple M2 Max|apple m2 max $||96|400|||||||||press release, M2 Max
    Apple M2|apple m2 $||24|100|3.6||||||||press release, M2
    Apple M3 Ultra|apple m3 ultra $||512|819|||||||||press release, M3 Ultra
    Apple M3 Max|apple m3 max $||128|400|||||||||press release, M3 Max
    Apple M4 Max|apple m4 max $||128|546|||||||||press release, M4 Max
    Apple M4 Pro|apple m4 pro $||64|273|||||||||press release, M4 Pro
    Apple M4|apple m4 $||32|120|||||||||press release, M4
    Apple M5|apple m5 $||32|153|||||||||press release, M5
    CS-3 (WSE-3)|cs 3, wse 3|23000|44|21000000|||||||||CS-3 datasheet
    GroqCard 1 (LPU)|groqcard, groqchip|275|0.23|80000||||188||750|||GroqCard brief
    Wormhole n150|n150, n150d, n150s|160|12|288||||74|262||||manual
    Wormhole n300|n300, n300d, n300s|300|24|576||||131|466||||manual
    Blackhole p150|p150, p150a, p150b|300|32|512|||||774||||manual
    RNGD|rngd|180|48|1500|||256||512|512|||page
    """
}

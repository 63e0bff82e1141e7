import Telemetry
import Testing

@testable import Accounting

/// Driver strings find the right row, and only that.
@Suite struct AcceleratorTests {
  /// Names as drivers give them, and the row each must find.
  static let names: [(driver: String, row: String)] = [
    ("NVIDIA GB300", "GB300"), ("NVIDIA B300 SXM6 AC", "B300 SXM"), ("NVIDIA GB200", "GB200"),
    ("NVIDIA B200", "B200 SXM"), ("NVIDIA B100", "B100 SXM"),
    ("NVIDIA GH200 144G HBM3e", "GH200 144GB HBM3e"), ("NVIDIA GH200 480GB", "GH200 96GB HBM3"),
    ("NVIDIA H200 NVL", "H200 NVL"), ("NVIDIA H200", "H200 SXM"), ("NVIDIA H100 NVL", "H100 NVL"),
    ("NVIDIA H100 PCIe", "H100 PCIe"), ("NVIDIA H100 80GB HBM3", "H100 SXM5 80GB"),
    ("NVIDIA H800", "H800 SXM"), ("NVIDIA H20", "H20"),
    ("NVIDIA A100-SXM4-80GB", "A100 SXM4 80GB"), ("A100-SXM-80GB", "A100 SXM4 80GB"),
    ("NVIDIA A100-SXM4-40GB", "A100 SXM4 40GB"), ("NVIDIA A100 80GB PCIe", "A100 PCIe 80GB"),
    ("A100-PCIE-80GB", "A100 PCIe 80GB"), ("A100-PCIE-40GB", "A100 PCIe 40GB"),
    ("NVIDIA A800-SXM4-80GB", "A800 SXM4 80GB"), ("NVIDIA A30", "A30"), ("NVIDIA A40", "A40"),
    ("NVIDIA A10G", "A10G"), ("NVIDIA A10", "A10"), ("NVIDIA A2", "A2"), ("NVIDIA L40S", "L40S"),
    ("NVIDIA L40", "L40"), ("NVIDIA L4", "L4"), ("Tesla T4", "T4"),
    ("Tesla V100S-PCIE-32GB", "V100S PCIe 32GB"), ("Tesla V100-SXM2-16GB", "V100 SXM2/SXM3"),
    ("Tesla V100-PCIE-16GB", "V100 PCIe"), ("Tesla P100-SXM2-16GB", "P100 SXM2"),
    ("Tesla P100-PCIE-16GB", "P100 PCIe 16GB"),
    ("NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition", "RTX PRO 6000 Max-Q"),
    ("NVIDIA RTX PRO 6000 Blackwell Server Edition", "RTX PRO 6000 Server"),
    ("NVIDIA RTX PRO 6000 Blackwell Workstation Edition", "RTX PRO 6000 Workstation"),
    ("NVIDIA RTX 6000 Ada Generation", "RTX 6000 Ada"), ("NVIDIA RTX A6000", "RTX A6000"),
    ("NVIDIA RTX A5000", "RTX A5000"), ("NVIDIA RTX A4000", "RTX A4000"),
    ("Quadro RTX 8000", "Quadro RTX 8000"), ("NVIDIA GeForce RTX 5090", "GeForce RTX 5090"),
    ("NVIDIA GeForce RTX 5080", "GeForce RTX 5080"),
    ("NVIDIA GeForce RTX 4090", "GeForce RTX 4090"),
    ("NVIDIA GeForce RTX 4080", "GeForce RTX 4080"),
    ("NVIDIA GeForce RTX 4080 SUPER", "GeForce RTX 4080 SUPER"),
    ("NVIDIA GeForce RTX 3090", "GeForce RTX 3090"),
    ("NVIDIA GeForce RTX 3080", "GeForce RTX 3080 10GB"),
    ("NVIDIA GeForce GTX 1080 Ti", "GeForce GTX 1080 Ti"), ("NVIDIA TITAN RTX", "TITAN RTX"),
    ("NVIDIA GB10", "DGX Spark GB10"), ("NVIDIA Thor", "Jetson Thor T5000"),
    ("NVIDIA Jetson AGX Thor Developer Kit", "Jetson Thor T5000"),
    ("NVIDIA Jetson AGX Orin Developer Kit", "Jetson AGX Orin 64GB"),
    ("NVIDIA Jetson Orin NX Engineering Reference", "Jetson Orin NX 16GB"),
    ("NVIDIA Jetson Orin Nano Developer Kit", "Jetson Orin Nano 8GB"),
    ("AMD Instinct MI355X", "Instinct MI355X"), ("AMD Instinct MI350X", "Instinct MI350X"),
    ("AMD Instinct MI325X", "Instinct MI325X"), ("AMD Instinct MI300X OAM", "Instinct MI300X"),
    ("AMD Instinct MI300A", "Instinct MI300A"), ("AMD Instinct MI250X", "Instinct MI250X"),
    ("AMD Instinct MI250", "Instinct MI250"), ("AMD Instinct MI210", "Instinct MI210"),
    ("AMD Instinct MI100", "Instinct MI100"), ("AMD Radeon RX 9070 XT", "Radeon RX 9070 XT"),
    ("AMD Radeon RX 7900 XTX", "Radeon RX 7900 XTX"), ("AMD Radeon PRO W7900", "Radeon PRO W7900"),
    ("HL-325L", "Gaudi 3 OAM"), ("Intel Gaudi3", "Gaudi 3 OAM"), ("Intel Gaudi 2", "Gaudi 2"),
    ("Intel(R) Data Center GPU Max 1550", "GPU Max 1550"),
    ("Intel(R) Arc(TM) B580 Graphics", "Arc B580"),
    ("Intel(R) Arc(TM) A770 Graphics", "Arc A770 16GB"), ("TPU7x", "TPU7x Ironwood"),
    ("TPU v6 lite", "TPU v6e Trillium"), ("TPU v5p", "TPU v5p"), ("TPU v5", "TPU v5p"),
    ("TPU v5 lite", "TPU v5e"), ("TPU v4", "TPU v4"), ("TPU v3", "TPU v3"),
    ("trn3.48xlarge", "AWS Trainium3"), ("Trainium2", "AWS Trainium2"),
    ("trn1.32xlarge", "AWS Trainium1"), ("inf2.xlarge", "AWS Inferentia2"),
    ("Apple M1 Ultra", "Apple M1 Ultra"), ("Apple M1 Max", "Apple M1 Max"),
    ("Apple M1 Pro", "Apple M1 Pro"), ("Apple M1", "Apple M1"),
    ("Apple M2 Ultra", "Apple M2 Ultra"), ("Apple M2 Max", "Apple M2 Max"),
    ("Apple M2", "Apple M2"), ("Apple M3 Ultra", "Apple M3 Ultra"),
    ("Apple M3 Max", "Apple M3 Max"), ("Apple M4 Max", "Apple M4 Max"),
    ("Apple M4 Pro", "Apple M4 Pro"), ("Apple M4", "Apple M4"), ("Apple M5", "Apple M5"),
    ("Cerebras CS-3", "CS-3 (WSE-3)"), ("GroqCard", "GroqCard 1 (LPU)"),
    ("Tenstorrent n150", "Wormhole n150"), ("Tenstorrent n300", "Wormhole n300"),
    ("Tenstorrent p150a", "Blackhole p150"), ("FuriosaAI RNGD", "RNGD"),
    ("SIMULATED H100 80GB", "H100 SXM5 80GB"),
  ]

  @Test(arguments: names.indices)
  func `A driver's name finds its row`(index: Int) {
    let (driver, row) = Self.names[index]
    #expect(Accelerator.find(driver)?.name == row, "\(driver)")
  }

  @Test func `Every row is found by some name and says where it is from`() {
    let found = Set(Self.names.map(\.row))
    for row in Accelerator.all {
      #expect(found.contains(row.name), "\(row.name)")
      #expect(!row.source.isEmpty && row.memoryBandwidth > 0 && row.memory > 0, "\(row.name)")
    }
  }

  @Test(arguments: [
    "NVIDIA GeForce RTX 3090 Ti", "NVIDIA GeForce RTX 3080 Ti", "NVIDIA GeForce RTX 4090 D",
    "NVIDIA GeForce RTX 4090 Laptop GPU", "NVIDIA GeForce RTX 5090 Laptop GPU",
    "NVIDIA RTX A5000 Laptop GPU", "NVIDIA A100-SXM4-40GB MIG 1g.5gb", "GRID A100-10C",
    "NVIDIA GeForce RTX 5090 D", "Apple M1 Nano", "AMD EPYC 9654", "A100", "", "RTX",
  ])
  func `A namesake with other rates finds nothing`(name: String) {
    #expect(Accelerator.find(name) == nil)
  }

  @Test func `Rates are dense and those of one device`() throws {
    let h100 = try #require(Accelerator.find("NVIDIA H100 80GB HBM3"))
    #expect(h100.peaks[.bf16] == 989.5e12 && h100.peaks[.fp8] == 1979e12)
    #expect(h100.memoryBandwidth == 3350e9 && h100.power == 700 && h100.peaks[.fp4] == nil)
    #expect(Accelerator.find("Tesla T4")?.peaks[.bf16] == nil)
    // One board of two dies, which the system sees as two devices.
    #expect(Accelerator.find("AMD Instinct MI250X")?.peaks[.bf16] == 191.5e12)
    #expect(Accelerator.find("TPU v4")?.power == nil)
  }

  @Test func `Precisions are read as frameworks write them`() {
    #expect(Precision(text: "torch.bfloat16") == .bf16)
    #expect(Precision(text: "bf16-mixed") == .bf16)
    #expect(Precision(text: "FP8") == .fp8)
    #expect(Precision(text: "16-mixed") == .fp16)
    #expect(Precision(text: "quantised") == nil && Precision(text: "") == nil)
  }
}

/// A number format that accelerators state a peak rate of arithmetic for, by kind and bits.
public enum Precision: String, Sendable, Hashable, CaseIterable {
  case fp32, tf32, bf16, fp16, fp8, int8, fp4

  /// Reads a precision as frameworks write it: `bf16`, `torch.bfloat16`, `bf16-mixed`, `half`.
  public init?(text: String) {
    let words = text.lowercased().split { !$0.isLetter && !$0.isNumber }
    let names: [Substring: Precision] = [
      "fp32": .fp32, "float32": .fp32, "float": .fp32, "32": .fp32, "single": .fp32,
      "tf32": .tf32, "bf16": .bf16, "bfloat16": .bf16, "fp16": .fp16, "float16": .fp16,
      "half": .fp16, "16": .fp16, "fp8": .fp8, "float8": .fp8, "mxfp8": .fp8, "e4m3": .fp8,
      "int8": .int8, "fp4": .fp4, "nvfp4": .fp4, "mxfp4": .fp4,
    ]
    guard let known = words.lazy.compactMap({ names[$0] }).first else { return nil }
    self = known
  }
}

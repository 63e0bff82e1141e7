/// Published measurements of what a technique does, and where it costs instead of saving.
///
/// Rows of ML.ENERGY and Zeus were computed from their published data: leaderboard data of February
/// 2026 and the traces of NSDI 2023.
extension Diet {
  /// Every measurement there is a row for.
  public static let all: [Diet] = [
    Diet(
      .quantization, "quantized to fp8", model: "Qwen 3 235B", hardware: "8x H100", chips: ["H100"],
      .energy, 1.56, "8 requests at once",
      source: "ML.ENERGY", .serving),
    Diet(
      .quantization, "quantized to fp8", model: "Qwen 3 235B", hardware: "8x H100", chips: ["H100"],
      .energy, 1.22, "16 requests at once",
      source: "ML.ENERGY", .serving),
    Diet(
      .quantization, "quantized to fp8", model: "Qwen 3 235B", hardware: "8x H100", chips: ["H100"],
      .energy, 0.95, "32 requests at once",
      source: "ML.ENERGY", .serving),
    Diet(
      .quantization, "quantized to fp8", model: "Qwen 3 235B", hardware: "8x H100", chips: ["H100"],
      .energy, 0.87, "256 requests at once",
      source: "ML.ENERGY", .serving),
    Diet(
      .quantization, "quantized to fp8", model: "Qwen 3 235B", hardware: "4x B200", chips: ["B200"],
      .energy, 1.54, "8 requests at once",
      source: "ML.ENERGY", .serving),
    Diet(
      .quantization, "quantized to fp8", model: "Qwen 3 235B", hardware: "4x B200", chips: ["B200"],
      .energy, 0.84, "256 requests at once",
      source: "ML.ENERGY", .serving),
    Diet(
      .quantization, "fp8 on half the GPUs", model: "Qwen 3 235B", hardware: "4 of 8x H100",
      chips: ["H100"],
      .energy, 0.74, "128 requests",
      source: "ML.ENERGY", .serving),
    Diet(
      .quantization, "fp8 on half the GPUs", model: "Llama 3.1 405B", hardware: "4 of 8x B200",
      chips: ["B200"],
      .energy, 0.59, "8 requests",
      source: "ML.ENERGY", .serving),
    Diet(
      .quantization, "quantized to nf4", model: "Qwen2 1.5B", hardware: "RTX 5090",
      chips: ["RTX 5090"],
      .energy, 1.29, "one request",
      source: "zenodo.18900289", .serving),
    Diet(
      .quantization, "quantized to nf4", model: "Qwen2.5 3B", hardware: "RTX 5090",
      chips: ["RTX 5090"],
      .energy, 1.12, "one request",
      source: "zenodo.18900289", .serving),
    Diet(
      .quantization, "quantized to nf4", model: "Qwen2 7B", hardware: "RTX 5090",
      chips: ["RTX 5090"],
      .energy, 0.89, "one request",
      source: "zenodo.18900289", .serving),
    Diet(
      .quantization, "LLM.int8, default", model: "Mistral 7B", hardware: "RTX 4090 D",
      chips: ["RTX 4090 D"],
      .energy, 1.31, "one request",
      source: "zenodo.18900289", .serving),
    Diet(
      .quantization, "LLM.int8, default", model: "Qwen2.5 7B", hardware: "RTX 4090 D",
      chips: ["RTX 4090 D"],
      .energy, 1.17, "one request",
      source: "zenodo.18900289", .serving),
    Diet(
      .quantization, "quantized, GPTQ 3 bit", model: "OPT 175B", hardware: "A100", chips: ["A100"],
      .time, 0.31, "one request, fewer GPUs",
      source: "arXiv:2210.17323", .serving),
    Diet(
      .quantization, "quantized, AWQ 4 bit", model: "several LLMs", hardware: "desktop GPU",
      chips: [],
      .time, 0.54, "against fp16 cuBLAS",
      source: "arXiv:2306.00978", .serving),
    Diet(
      .quantization, "SmoothQuant W8A8", model: "LLMs to 530B", hardware: "A100", chips: ["A100"],
      .time, 0.64, "at best",
      source: "arXiv:2211.10438", .serving),
    Diet(
      .quantization, "QLoRA fine-tuning", model: "LLaMA 65B", hardware: "GPU", chips: [],
      .memory, 0.06, "780 to 48 GB",
      source: "arXiv:2305.14314", .training),
    Diet(
      .batch, "batch 8 to 256 requests", model: "Llama 3.1 8B", hardware: "H100", chips: ["H100"],
      .energy, 0.17, "a token takes 3.6x longer",
      source: "ML.ENERGY", .serving),
    Diet(
      .batch, "batch 8 to 1024 requests", model: "Llama 3.1 8B", hardware: "B200", chips: ["B200"],
      .energy, 0.14, "a token takes 19x longer",
      source: "ML.ENERGY", .serving),
    Diet(
      .batch, "batch 8 to 1024 requests", model: "Llama 3.1 70B", hardware: "4x H100",
      chips: ["H100"],
      .energy, 0.10, "a token takes 6.4x longer",
      source: "ML.ENERGY", .serving),
    Diet(
      .batch, "batch 512 to 4096", model: "ResNet", hardware: "8x H100", chips: ["H100"],
      .energy, 0.25, "training",
      source: "arXiv:2412.08602", .training),
    Diet(
      .sharding, "sharded, 8 to 4 GPUs", model: "Qwen 3 235B", hardware: "B200", chips: ["B200"],
      .energy, 0.80, "a token takes 1.2x longer",
      source: "ML.ENERGY", .serving),
    Diet(
      .sharding, "sharded, 1 to 8 GPUs", model: "SANA 1.5 1.6B", hardware: "H100", chips: ["H100"],
      .energy, 5.60, "an image, one at a time",
      source: "ML.ENERGY", .serving),
    Diet(
      .sharding, "sharded, 1 to 8 GPUs", model: "Wan 2.1 14B", hardware: "H100", chips: ["H100"],
      .energy, 1.33, "a video, one at a time",
      source: "ML.ENERGY", .serving),
    Diet(
      .powerCap, "cap 300 to 175 W", model: "ResNet-50", hardware: "A40", chips: ["A40"],
      .energy, 0.79, "time x1.17",
      source: "Zeus NSDI23", .both),
    Diet(
      .powerCap, "cap 300 to 200 W", model: "BERT base", hardware: "A40", chips: ["A40"],
      .energy, 0.82, "time x1.15",
      source: "Zeus NSDI23", .both),
    Diet(
      .powerCap, "cap 300 to 250 W", model: "DeepSpeech2", hardware: "A40", chips: ["A40"],
      .energy, 0.98, "time x1.00",
      source: "Zeus NSDI23", .both),
    Diet(
      .powerCap, "cap 300 to 100 W", model: "ResNet-50", hardware: "A40", chips: ["A40"],
      .energy, 1.29, "time x2.89: too low",
      source: "Zeus NSDI23", .both),
    Diet(
      .powerCap, "cap 250 to 150 W", model: "ResNet-50", hardware: "V100", chips: ["V100"],
      .energy, 0.79, "time x1.19",
      source: "Zeus NSDI23", .both),
    Diet(
      .powerCap, "cap 250 to 150 W", model: "BERT base", hardware: "V100", chips: ["V100"],
      .energy, 0.79, "time x1.20",
      source: "Zeus NSDI23", .both),
    Diet(
      .powerCap, "cap 260 to 125 W", model: "BERT base", hardware: "RTX 6000",
      chips: ["Quadro RTX 6000"],
      .energy, 0.80, "time x1.61",
      source: "Zeus NSDI23", .both),
    Diet(
      .powerCap, "cap 250 to 125 W", model: "ResNet-50", hardware: "P100", chips: ["P100"],
      .energy, 0.78, "time x1.14",
      source: "Zeus NSDI23", .both),
    Diet(
      .clocks, "clocks by Perseus", model: "large pipelines", hardware: "A40, A100",
      chips: ["A40", "A100"],
      .energy, 0.70, "at best, same speed",
      source: "arXiv:2312.06902", .training),
    Diet(
      .experts, "MoE 32B to 30B-A3B", model: "Qwen 3", hardware: "H100", chips: ["H100"],
      .energy, 0.60, "2 GPUs to 1, another model",
      source: "ML.ENERGY", .serving),
    Diet(
      .experts, "MoE 32B to 30B-A3B", model: "Qwen 3", hardware: "B200", chips: ["B200"],
      .energy, 0.68, "another model",
      source: "ML.ENERGY", .serving),
    Diet(
      .experts, "MoE GPT-3 to GLaM 1.2T", model: "GLaM", hardware: "V100 to TPU v4",
      chips: ["V100", "TPU v4"],
      .energy, 0.35, "another chip too",
      source: "arXiv:2112.06905", .training),
    Diet(
      .experts, "MoE Switch", model: "T5 base", hardware: "TPU", chips: ["TPU"],
      .time, 0.14, "to the same perplexity",
      source: "arXiv:2101.03961", .training),
    Diet(
      .smallerModel, "model 32B to 8B", model: "Qwen 3", hardware: "B200", chips: ["B200"],
      .energy, 0.39, "64 requests, another model",
      source: "ML.ENERGY", .serving),
    Diet(
      .smallerModel, "model FLUX.1 to SANA 1.6B", model: "images", hardware: "H100",
      chips: ["H100"],
      .energy, 0.05, "another model, 20 steps",
      source: "ML.ENERGY", .serving),
    Diet(
      .newerChip, "H100 to B200", model: "Llama 3.1 8B", hardware: "1 GPU",
      chips: ["H100", "B200"],
      .energy, 0.92, "256 requests",
      source: "ML.ENERGY", .serving),
    Diet(
      .newerChip, "4x H100 to 2x B200", model: "Llama 3.1 70B", hardware: "half as many",
      chips: ["H100", "B200"],
      .energy, 0.75, "256 requests",
      source: "ML.ENERGY", .serving),
    Diet(
      .pruning, "pruned 2:4, fp8", model: "Llama 3 8B", hardware: "H100", chips: ["H100"],
      .time, 0.79, "MMLU 0.67 to 0.60",
      source: "HPC-AI 2025", .serving),
    Diet(
      .pruning, "pruned by 60 %", model: "OPT 175B", hardware: "any", chips: [],
      .operations, 0.40, "no faster on plain GPUs",
      source: "arXiv:2301.00774", .serving),
    Diet(
      .pruning, "Sheared LLaMA", model: "7B to 2.7B", hardware: "GPU", chips: [],
      .operations, 0.03, "against training anew",
      source: "arXiv:2310.06694", .training),
    Diet(
      .pruning, "Deep Compression", model: "AlexNet, VGG-16", hardware: "mobile GPU", chips: [],
      .energy, 0.33, "dense layers, low end",
      source: "arXiv:1510.00149", .serving),
    Diet(
      .distillation, "DistilBERT", model: "BERT base", hardware: "CPU", chips: [],
      .time, 0.63, "97 % of the quality",
      source: "arXiv:1910.01108", .serving),
    Diet(
      .distillation, "TinyBERT-4", model: "BERT base", hardware: "GPU", chips: [],
      .time, 0.11, "96.8 % of GLUE",
      source: "arXiv:1909.10351", .serving),
    Diet(
      .distillation, "Distil-Whisper", model: "Whisper large", hardware: "GPU", chips: [],
      .time, 0.17, "within 1 % WER",
      source: "arXiv:2311.00430", .serving),
    Diet(
      .speculation, "a draft model", model: "T5-XXL", hardware: "TPU", chips: ["TPU"],
      .time, 0.50, "same output, low end",
      source: "arXiv:2211.17192", .serving),
    Diet(
      .attention, "FlashAttention", model: "GPT-2", hardware: "A100", chips: ["A100"],
      .time, 0.33, "exact, 1024 tokens",
      source: "arXiv:2205.14135", .training),
    Diet(
      .attention, "FlashAttention", model: "BERT large", hardware: "8x A100", chips: ["A100"],
      .time, 0.87, "exact, end to end",
      source: "arXiv:2205.14135", .training),
    Diet(
      .adapters, "LoRA", model: "GPT-3 175B", hardware: "V100", chips: ["V100"],
      .memory, 0.33, "on par with full tuning",
      source: "arXiv:2106.09685", .training),
  ]
}

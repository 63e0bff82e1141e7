/// Published measurements of what a technique does, and where it costs instead of saving.
///
/// Columns: family; technique; model; hardware; what was measured (`energy`, `time`, `memory`,
/// `operations`); result over baseline; condition; source; `t` for training, `s` for serving, `*`
/// for both. Rows of ML.ENERGY and Zeus were computed from their published data: leaderboard data
/// of February 2026 and the traces of NSDI 2023.
extension Diet {
  static let table = """
    quantization|quantized to fp8|Qwen 3 235B|8x H100|energy|1.56|8 requests at once|ML.ENERGY|s
    quantization|quantized to fp8|Qwen 3 235B|8x H100|energy|1.22|16 requests at once|ML.ENERGY|s
    quantization|quantized to fp8|Qwen 3 235B|8x H100|energy|0.95|32 requests at once|ML.ENERGY|s
    quantization|quantized to fp8|Qwen 3 235B|8x H100|energy|0.87|256 requests at once|ML.ENERGY|s
    quantization|quantized to fp8|Qwen 3 235B|4x B200|energy|1.54|8 requests at once|ML.ENERGY|s
    quantization|quantized to fp8|Qwen 3 235B|4x B200|energy|0.84|256 requests at once|ML.ENERGY|s
    quantization|fp8 on half the GPUs|Qwen 3 235B|4 of 8x H100|energy|0.74|128 requests|ML.ENERGY|s
    quantization|fp8 on half the GPUs|Llama 3.1 405B|4 of 8x B200|energy|0.59|8 requests|ML.ENERGY|s
    quantization|quantized to nf4|Qwen2 1.5B|RTX 5090|energy|1.29|one request|zenodo.18900289|s
    quantization|quantized to nf4|Qwen2.5 3B|RTX 5090|energy|1.12|one request|zenodo.18900289|s
    quantization|quantized to nf4|Qwen2 7B|RTX 5090|energy|0.89|one request|zenodo.18900289|s
    quantization|LLM.int8, default|Mistral 7B|RTX 4090 D|energy|1.31|one request|zenodo.18900289|s
    quantization|LLM.int8, default|Qwen2.5 7B|RTX 4090 D|energy|1.17|one request|zenodo.18900289|s
    quantization|quantized, GPTQ 3 bit|OPT 175B|A100|time|0.31|one request, fewer GPUs|arXiv:2210.17323|s
    quantization|quantized, AWQ 4 bit|several LLMs|desktop GPU|time|0.54|against fp16 cuBLAS|arXiv:2306.00978|s
    quantization|SmoothQuant W8A8|LLMs to 530B|A100|time|0.64|at best|arXiv:2211.10438|s
    quantization|QLoRA fine-tuning|LLaMA 65B|GPU|memory|0.06|780 to 48 GB|arXiv:2305.14314|t
    batch|8 to 256 requests|Llama 3.1 8B|H100|energy|0.17|a token takes 3.6x longer|ML.ENERGY|s
    batch|8 to 1024 requests|Llama 3.1 8B|B200|energy|0.14|a token takes 19x longer|ML.ENERGY|s
    batch|8 to 1024 requests|Llama 3.1 70B|4x H100|energy|0.10|a token takes 6.4x longer|ML.ENERGY|s
    batch|512 to 4096|ResNet|8x H100|energy|0.25|training|arXiv:2412.08602|t
    sharding|8 to 4 GPUs|Qwen 3 235B|B200|energy|0.80|a token takes 1.2x longer|ML.ENERGY|s
    sharding|1 to 8 GPUs|SANA 1.5 1.6B|H100|energy|5.60|an image, one at a time|ML.ENERGY|s
    sharding|1 to 8 GPUs|Wan 2.1 14B|H100|energy|1.33|a video, one at a time|ML.ENERGY|s
    power cap|300 to 175 W|ResNet-50|A40|energy|0.79|time x1.17|Zeus NSDI23|*
    power cap|300 to 200 W|BERT base|A40|energy|0.82|time x1.15|Zeus NSDI23|*
    power cap|300 to 250 W|DeepSpeech2|A40|energy|0.98|time x1.00|Zeus NSDI23|*
    power cap|300 to 100 W|ResNet-50|A40|energy|1.29|time x2.89: too low|Zeus NSDI23|*
    power cap|250 to 150 W|ResNet-50|V100|energy|0.79|time x1.19|Zeus NSDI23|*
    power cap|250 to 150 W|BERT base|V100|energy|0.79|time x1.20|Zeus NSDI23|*
    power cap|260 to 125 W|BERT base|RTX 6000|energy|0.80|time x1.61|Zeus NSDI23|*
    power cap|250 to 125 W|ResNet-50|P100|energy|0.78|time x1.14|Zeus NSDI23|*
    clocks|clocks by Perseus|large pipelines|A40, A100|energy|0.70|at best, same speed|arXiv:2312.06902|t
    experts|32B to 30B-A3B|Qwen 3|H100|energy|0.60|2 GPUs to 1, another model|ML.ENERGY|s
    experts|32B to 30B-A3B|Qwen 3|B200|energy|0.68|another model|ML.ENERGY|s
    experts|GPT-3 to GLaM 1.2T|GLaM|V100 to TPU v4|energy|0.35|another chip too|arXiv:2112.06905|t
    experts|Switch|T5 base|TPU|time|0.14|to the same perplexity|arXiv:2101.03961|t
    smaller model|32B to 8B|Qwen 3|B200|energy|0.39|64 requests, another model|ML.ENERGY|s
    smaller model|FLUX.1 to SANA 1.6B|images|H100|energy|0.05|another model, 20 steps|ML.ENERGY|s
    newer chip|H100 to B200|Llama 3.1 8B|1 GPU|energy|0.92|256 requests|ML.ENERGY|s
    newer chip|4x H100 to 2x B200|Llama 3.1 70B|half as many|energy|0.75|256 requests|ML.ENERGY|s
    pruning|pruned 2:4, fp8|Llama 3 8B|H100|time|0.79|MMLU 0.67 to 0.60|HPC-AI 2025|s
    pruning|pruned by 60 %|OPT 175B|any|operations|0.40|no faster on plain GPUs|arXiv:2301.00774|s
    pruning|Sheared LLaMA|7B to 2.7B|GPU|operations|0.03|against training anew|arXiv:2310.06694|t
    pruning|Deep Compression|AlexNet, VGG-16|mobile GPU|energy|0.33|dense layers, low end|arXiv:1510.00149|s
    distillation|DistilBERT|BERT base|CPU|time|0.63|97 % of the quality|arXiv:1910.01108|s
    distillation|TinyBERT-4|BERT base|GPU|time|0.11|96.8 % of GLUE|arXiv:1909.10351|s
    distillation|Distil-Whisper|Whisper large|GPU|time|0.17|within 1 % WER|arXiv:2311.00430|s
    speculation|a draft model|T5-XXL|TPU|time|0.50|same output, low end|arXiv:2211.17192|s
    attention|FlashAttention|GPT-2|A100|time|0.33|exact, 1024 tokens|arXiv:2205.14135|t
    attention|FlashAttention|BERT large|8x A100|time|0.87|exact, end to end|arXiv:2205.14135|t
    adapters|LoRA|GPT-3 175B|V100|memory|0.33|on par with full tuning|arXiv:2106.09685|t
    """
}

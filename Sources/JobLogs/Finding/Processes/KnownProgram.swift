/// A program that trains, serves, starts ranks or is none of these, as its command line shows.
struct KnownProgram: Hashable, Sendable {
  enum Role: Hashable, Sendable {
    case training, serving
    /// Starts the ranks and computes nothing.
    case launcher
    /// Holds accelerators for others, or to watch or show something.
    case service
  }

  var name: String
  var role: Role

  /// Recognises a program by its words and its short name; `nil` when it is none of them.
  init?(_ words: [String], name: String) {
    for entry in Self.all where entry.matches(words, name) {
      (self.name, role) = (entry.title, entry.role)
      return
    }
    return nil
  }

  private struct Entry: Sendable {
    var title: String
    var role: Role
    /// Short names; one with a star at its end stands for all that begin so.
    var names: [String]
    /// A word that must follow, if any.
    var word: String?

    func matches(_ words: [String], _ name: String) -> Bool {
      let isNamed = names.contains {
        $0.hasSuffix("*") ? name.hasPrefix($0.dropLast()) : name == $0
      }
      guard isNamed else { return false }
      return word.map { words.prefix(8).contains($0) } ?? true
    }
  }

  private static let all: [Entry] = [
    Entry(title: "vLLM", role: .serving, names: ["vllm"], word: "serve"),
    Entry(title: "vLLM", role: .serving, names: ["vllm.entrypoints*", "VLLM::*"]),
    Entry(title: "SGLang", role: .serving, names: ["sglang.launch_server", "sglang::*"]),
    Entry(title: "SGLang", role: .serving, names: ["sglang"], word: "serve"),
    Entry(title: "llama.cpp", role: .serving, names: ["llama-server"]),
    Entry(
      title: "TGI", role: .serving,
      names: ["text-generation-launcher", "text-generation-router", "text-generation-server"]),
    Entry(title: "Triton", role: .serving, names: ["tritonserver"]),
    Entry(title: "TensorRT-LLM", role: .serving, names: ["trtllm-serve"]),
    Entry(title: "LMDeploy", role: .serving, names: ["lmdeploy"], word: "serve"),
    Entry(title: "Ollama", role: .serving, names: ["ollama"], word: "serve"),
    Entry(title: "Ollama", role: .serving, names: ["ollama"], word: "runner"),
    Entry(title: "torchrun", role: .launcher, names: ["torchrun", "torch.distributed.*"]),
    Entry(title: "accelerate", role: .launcher, names: ["accelerate", "accelerate.*"]),
    Entry(title: "deepspeed", role: .launcher, names: ["deepspeed", "deepspeed.launcher.*"]),
    Entry(title: "srun", role: .launcher, names: ["srun"]),
    Entry(
      title: "mpirun", role: .launcher,
      names: ["mpirun", "mpiexec", "orterun", "orted", "prterun", "prted", "hydra_pmi_proxy"]),
    Entry(title: "horovodrun", role: .launcher, names: ["horovodrun"]),
    Entry(title: "composer", role: .launcher, names: ["composer"]),
    Entry(
      title: "a driver's service", role: .service,
      names: [
        "nv-hostengine", "nvidia-persistenced", "nvidia-cuda-mps-*", "nvidia-smi", "dcgm*",
        "hippowatt", "nvtop", "nvitop", "gpustat", "btop", "all-smi", "rocm-smi", "amdgpu_top",
      ]),
    Entry(
      title: "a viewer of runs", role: .service,
      names: [
        "tensorboard", "tensorboard.main", "tensorboard_data_server", "wandb", "wandb-core",
        "gpu_stats", "mlflow", "aim", "jupyter*", "marimo", "streamlit",
      ]),
    Entry(
      title: "a display", role: .service,
      names: ["Xorg", "Xwayland", "gnome-shell", "kwin_*", "sway", "Hyprland", "plasmashell"]),
    Entry(
      title: "llm.c", role: .training,
      names: ["train_gpt2cu", "train_gpt2fp32cu", "train_gpt2", "train_llama3cu"]),
  ]
}

/// Which inference server a process probably is, by its command line, without asking it anything.
///
/// A guess for whoever the user has allowed to look: a GET shows up in the server's log.
public enum ServeProbe {
  /// A server and where its metrics would be.
  public struct Candidate: Sendable, Hashable {
    /// The server's name, as it would stand in `framework`.
    public var engine: String
    /// The paths to ask, likeliest first; none where the server publishes nothing.
    public var paths: [String]
    /// How to make it publish, where the command line shows that it does not; may be empty.
    public var remedy: String
  }

  /// The likely servers behind a listening port, likeliest first.
  ///
  /// `commandLine` is the process's, its words separated by blanks; empty when it is not known,
  /// in which case the port alone decides.
  public static func candidates(forPort port: Int, commandLine: String) -> [Candidate] {
    let line = commandLine.lowercased()
    let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
    if let engine = engines.first(where: { $0.isIn(line, words) }) {
      return [engine.candidate(words)]
    }
    guard line.isEmpty else { return [] }
    return engines.filter { $0.ports.contains(port) }.map { $0.candidate([]) }
  }

  private struct Engine: Sendable {
    var table: ServerTable?
    var name: String
    /// Any of these in the command line gives it away.
    var signs: [String]
    var ports: [Int] = []
    var paths = ["/metrics"]
    /// The flag without which it publishes nothing; empty when it always does.
    var flag = ""

    func isIn(_ line: String, _ words: [String]) -> Bool {
      signs.contains { sign in
        sign.contains(" ") || sign.contains(".")
          ? line.contains(sign)
          : words.contains { $0 == sign || $0.hasSuffix("/" + sign) }
      }
    }

    func candidate(_ words: [String]) -> Candidate {
      let isMuted = !flag.isEmpty && !words.isEmpty && !words.contains(flag)
      return Candidate(engine: name, paths: paths, remedy: isMuted ? table?.remedy ?? "" : "")
    }
  }

  private static let engines: [Engine] = [
    Engine(
      table: .sgLang, name: "SGLang", signs: ["sglang.launch_server", "sglang.srt", "sglang"],
      ports: [30000], flag: "--enable-metrics"),
    Engine(
      table: .vLLM, name: "vLLM", signs: ["vllm", "vllm.entrypoints", "vllm serve"],
      ports: [8000]),
    Engine(
      table: .lmDeploy, name: "LMDeploy", signs: ["lmdeploy", "lmdeploy.serve"], ports: [23333],
      flag: "--enable-metrics"),
    Engine(
      table: .tensorRTLLM, name: "TensorRT-LLM", signs: ["trtllm-serve"], ports: [8000],
      paths: ["/prometheus/metrics", "/metrics"]),
    Engine(
      table: .tgi, name: "TGI",
      signs: ["text-generation-launcher", "text-generation-router", "text-generation-server"],
      ports: [80, 3000]),
    Engine(
      table: .llamaCpp, name: "llama.cpp", signs: ["llama-server", "llama_cpp.server"],
      ports: [8080], flag: "--metrics"),
    Engine(table: .triton, name: "Triton", signs: ["tritonserver"], ports: [8002]),
    Engine(table: .mlxServe, name: "mlx-serve", signs: ["mlx-serve", "mlx_serve"]),
    Engine(table: nil, name: "Ollama", signs: ["ollama"], ports: [11434], paths: []),
  ]
}

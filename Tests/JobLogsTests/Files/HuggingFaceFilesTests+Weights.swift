import Quantities
import Telemetry
import TestSupport
import Testing

@testable import Formats
@testable import JobLogs

/// Headers of weights, checkpoints and whole states.
extension HuggingFaceFilesTests {
  @Test func headersOfWeightsCountExactly() throws {
    let header = try Self.header(Self.weights(["BF16": [3, 5, 7], "F32": [11]]))
    #expect(header.parameters == 116)
    #expect(header.counts == ["BF16": 105, "F32": 11])
    #expect(header.format == "BF16")
    #expect(header.tensors == 2)
    let scratch = Scratch()
    scratch.write(Self.weights(["BF16": [3, 5]]), to: "model-00001-of-00002.safetensors")
    scratch.write(Self.weights(["BF16": [2, 2]]), to: "model-00002-of-00002.safetensors")
    scratch.write(
      #"{"metadata":{"total_size":38},"weight_map":{"a":"model-00001-of-00002.safetensors","b":"model-00002-of-00002.safetensors","c":"model-00001-of-00002.safetensors"}}"#,
      to: "model.safetensors.index.json")
    #expect(try Safetensors.read(scratch.path).parameters == 19)
  }

  @Test func headersThatLieAreRefused() {
    func header(_ json: String, length: UInt64? = nil) -> [UInt8] {
      EventFile.little(length ?? UInt64(json.utf8.count)) + Array(json.utf8)
    }
    let bad: [[UInt8]] = [
      [], [1, 2, 3], header("{}", length: .max), header("{}", length: 500), header("[]"),
      header(#"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,15]}}"#),
      header(#"{"a":{"dtype":"F32","shape":[-4],"data_offsets":[0,16]}}"#),
      header(
        #"{"a":{"dtype":"F32","shape":[9999999999,9999999999,9999999999],"data_offsets":[0,1]}}"#),
      header(#"{"a":{"dtype":"F32","data_offsets":[0,1]}}"#),
      header(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#),
    ]
    for bytes in bad { #expect(throws: JSONFault.self) { try Self.header(bytes) } }
    #expect(throws: JSONFault.self) {
      let index = Array(#"{"weight_map":{"a":"../secret"}}"#.utf8)
      return try index.withUnsafeBufferPointer { (buffer) throws(JSONFault) in
        try SafetensorsIndex(buffer)
      }
    }
  }

  @Test func theNewestCheckpointAndItsModelAreFollowed() throws {
    let tree = FileTree()
    func save(_ step: Int, _ loss: Double) {
      tree.write(
        "/out/checkpoint-\(step)/trainer_state.json",
        #"{"global_step": \#(step), "max_steps": 2000, "log_history": [{"loss": \#(loss), "step": \#(step)}]}"#
      )
    }
    save(900, 2.5)
    save(1000, 2)
    tree.write(
      "/out/checkpoint-1000/config.json",
      #"{"model_type":"gpt2","n_embd":768,"n_layer":12,"n_head":12,"n_positions":1024,"vocab_size":50257}"#
    )
    var source = HFFilesSource(path: tree.root + "/out", context: Self.context)
    var heard = try source.sample(Self.clock)
    #expect(heard.readings.map { $0[.step] } == [1000])
    #expect(heard.readings.map { $0[.loss] } == [2])
    #expect(heard.readings.map { $0[.stepTotal] } == [2000])
    #expect(heard.devices.last?.attributes["parameters"] == "124439808")
    #expect(try source.sample(Self.clock).isEmpty)
    tree.write("/out/checkpoint-1100/model.safetensors", Self.weights(["BF16": [3, 5]]))
    save(1100, 1.5)
    heard = try source.sample(Self.clock)
    #expect(heard.readings.map { $0[.step] } == [1100])
    // Without a configuration the weights are counted.
    #expect(heard.devices.last?.attributes["parameters"] == "15")
    #expect(heard.devices.last?.attributes["weights_precision"] == "bf16")
    #expect(heard.devices.last?.attributes["precision"] == nil, "the arithmetic may be another")
    // In the middle of being written: nothing is said, and later it is.
    tree.write("/out/checkpoint-1200/trainer_state.json", #"{"global_step": 12"#)
    #expect(try source.sample(Self.clock).isEmpty)
    save(1200, 1.25)
    #expect(try source.sample(Self.clock).readings.map { $0[.step] } == [1200])
  }

  @Test func aWholeState() throws {
    struct State {
      let folder: String?
      let rows: Int
      /// The last row with a loss, and how many steps there are in all.
      let step: Double
      let steps: Int64
      let loss: Double
      let flop: Double
      let runtime: Double
      let mean: Double
      let tokens: Int64?
      let batch: Int64
    }
    let states = [
      State(
        folder: Fixtures.path("files"), rows: 4, step: 40, steps: 40, loss: 2.3125, flop: 4.5e15,
        runtime: 127.5, mean: 2.6458, tokens: 2_621_440, batch: 8),
      State(
        folder: Fixtures.real("training/hf-trainer"), rows: 435, step: 2175, steps: 2178,
        loss: 1.9787, flop: 6.222496637658207e+20, runtime: 857595.0988, mean: 1.9950996404180186,
        tokens: nil, batch: 4),
    ]
    for right in states {
      guard let folder = right.folder else { continue }
      let path = "\(folder)/trainer_state.json"
      let state = try Self.state(Fixtures.readFile(path))
      #expect(state.step == right.steps)
      #expect(state.stepTotal == right.steps)
      #expect(state.rows.count == right.rows)
      #expect(state.rows.last?[.loss] == right.loss)
      #expect(state.rows.last?[.step] == right.step)
      #expect(state.totalFLOP == right.flop)
      #expect(state.runtime == right.runtime)
      #expect(state.tokens == right.tokens)
      #expect(state.batch == right.batch)
      let results = try Self.state(Fixtures.readFile("\(folder)/all_results.json"))
      #expect(results.runtime == right.runtime)
      #expect(results.meanLoss == right.mean)
      #expect(results.totalFLOP == state.totalFLOP)
      var source = HFFilesSource(path: path, context: Self.context)
      let heard = try source.readAll(Self.clock)
      #expect(heard.readings.map { $0[.step] } == [Double(right.steps)])
      #expect(heard.readings.map { $0[.loss] } == [right.loss])
      let seconds = Int(right.runtime)
      #expect(
        heard.events.map(\.text) == ["trainer_state.json: training ended after \(seconds) s"])
    }
  }
}

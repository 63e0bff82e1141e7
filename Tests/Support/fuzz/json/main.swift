import Fuzzing
import JobLogs
import Sensors
import Telemetry

/// Lines tell their time themselves.
let distant = Timestamp(nanoseconds: .max)

// Lines of our own, then what Hugging Face writes: the state of a training, a model, its weights.
fuzz(seeds: [
  seed(
    "{\"hippowatt\": 1, \"machine\": \"box\"}\n{\"reading\": {\"device\": \"gpu/0\", \"power_mw\": 5}}\n"
  ),
  seed(
    "{\"global_step\": 2, \"max_steps\": 9, \"total_flos\": 1e9, \"log_history\": ["
      + "{\"loss\": NaN, \"step\": 1}, {\"train_runtime\": 3.5, \"train_loss\": 2.5}]}"),
  seed(
    "{\"model_type\": \"llama\", \"hidden_size\": 64, \"num_hidden_layers\": 2, \"vocab_size\": 99, "
      + "\"intermediate_size\": 8, \"num_attention_heads\": 4, \"torch_dtype\": \"bfloat16\"}"),
  seed("{\"a\": {\"dtype\": \"BF16\", \"shape\": [2, 3], \"data_offsets\": [0, 12]}}"),
]) { input in
  var decoder = JSONLineDecoder(machine: "box", source: "fuzz")
  input.forEachLine { line in
    if let said = try? decoder.decode(line, arrival: fuzzArrival) { expectSound(said, by: distant) }
  }
  if let state = try? HFTrainerState(input.bytes) { expectSound(state.rows) }
  if let model = ModelConfig(config: Array(input.bytes)) {
    let counts = [model.parameters, model.activeParameters].compactMap { $0 }
    precondition(counts.allSatisfy { $0 > 0 }, "a model of nothing")
  }
  var weights = withUnsafeBytes(of: UInt64(input.bytes.count).littleEndian) { Array($0) }
  weights += input.bytes
  weights.withUnsafeBufferPointer { bytes in
    if let header = try? Safetensors(bytes) {
      precondition(header.parameters >= 0, "weights of less than nothing")
    }
  }
}

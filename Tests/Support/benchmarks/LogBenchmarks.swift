import JobLogs
import Telemetry

/// The text of logs, one benchmark for each dialect.
let logBenchmarks: [Benchmark] = dialects.map { dialect in
  Benchmark(
    name: "log: \(dialect.name)", input: { Array(dialect.text(bytes: 16 << 20).utf8) }
  ) { text in
    var parser = LogParser(machine: "box", name: "log", label: "log")
    var time = Timestamp(nanoseconds: 1_790_000_000_000_000_000)
    var observations = 0
    text.withUnsafeBufferPointer { bytes in
      // As a file is read: 128 KiB at a time, some milliseconds apart.
      for start in stride(from: 0, to: bytes.count, by: 128 << 10) {
        let end = min(bytes.count, start + 128 << 10)
        time = time + 0.001
        observations +=
          parser.consume(
            UnsafeBufferPointer(rebasing: bytes[start..<end]), arrival: time
          ).count
      }
    }
    return "\(parser.understood) lines understood, \(observations) observations"
  }
}

/// A kind of log: a header, and the lines of a step.
struct Dialect: Sendable {
  let name: String
  var header = ""
  let step: @Sendable (Int) -> String

  func text(bytes: Int) -> String {
    var result = header
    var step = 1
    while result.utf8.count < bytes {
      result += self.step(step)
      step += 1
    }
    return result
  }
}

private func loss(_ step: Int) -> String { "\(2 + step * 7919 % 1000).\(1000 + step * 31 % 9000)" }

let dialects: [Dialect] = [
  Dialect(name: "noise") { step in
    "2026-11-23 20:00:00,123 WARNING some_module.py:\(step % 500) something else happened, again\n"
  },
  Dialect(name: "nanoGPT", header: "tokens per iteration will be: 491,520\n") { step in
    "iter \(step): loss \(loss(step)), time 135.70ms, mfu 41.25%\n"
  },
  Dialect(name: "Hugging Face 4") { step in
    "{'loss': \(loss(step)), 'grad_norm': 6.8125, 'learning_rate': 5e-05, 'epoch': 0.\(step % 97)}\n"
  },
  Dialect(name: "Hugging Face 5") { step in
    "{'loss': '\(loss(step))', 'grad_norm': '6.8', 'learning_rate': '5e-05', 'epoch': '0.1'}\n"
  },
  Dialect(name: "tqdm") { step in
    " 12%|█▏        | \(step)/99999999 [02:00<13:54,  2.39s/it]\r"
  },
  Dialect(name: "torchtitan, 8 ranks") { step in
    let line =
      "[titan] 2026-02-24 19:46:17,508 - root - INFO - \u{1B}[31mstep:  \(step)  \u{1B}[32mloss:  "
      + "\(loss(step))  \u{1B}[38;2;180;60;0mgrad_norm: 26.6250  memory: 66.91GiB(37.51%)  "
      + "\u{1B}[34mtps: 10,050  \u{1B}[36mtflops: 314.71  \u{1B}[35mmfu: 13.99%\u{1B}[39m\n"
    return (0..<8).map { "[rank\($0)]:\(line)" }.joined()
  },
  Dialect(name: "torchtune") { step in
    "Step \(step) | loss:\(loss(step)) lr:2e-05 tokens_per_second_per_gpu:1234.5 grad_norm:1.25 \n"
  },
  Dialect(
    name: "Megatron", header: "  seq_length ...................................... 4096\n"
  ) { step in
    " [2026-08-22 15:22:42.123456] iteration \(step)/ 99999999 | consumed samples: \(step * 4) | "
      + "elapsed time per iteration (ms): 1354.9 | throughput per GPU (TFLOP/s/GPU): 411.2 | "
      + "learning rate: 3.750E-05 | global batch size:     4 | lm loss: 1.\(100000 + step % 9)E+01 "
      + "| loss scale: 1.0 | grad norm: 1.250 | number of skipped iterations:   0 | "
      + "number of nan iterations:   0 |\n"
  },
  Dialect(name: "DeepSpeed") { step in
    "[2023-04-18 01:47:43,882] [INFO] [timer.py:199:stop] epoch=0/micro_step=70/global_step=\(step)"
      + ", RunningAvgSamplesPerSec=172.1, CurrSamplesPerSec=171.\(step % 999), "
      + "MemAllocated=3.96GB, MaxMemAllocated=22.95GB\n"
  },
  Dialect(name: "NeMo") { step in
    "Training epoch 0, iteration \(step)/99999999 | lr: 5.7e-06 | global_batch_size: 512 | "
      + "global_step: \(step) | reduced_train_loss: \(loss(step)) | train_step_timing in s: 12.3 | "
      + "consumed_samples: \(step * 512) | TFLOPS_per_GPU: 411.2\n"
  },
  Dialect(name: "Composer") { step in
    "[batch=\(step)/99999999]:\n\t Train loss/train/total: \(loss(step))\n"
      + "\t Train throughput/device/tokens_per_sec: 10240.5\n"
      + "\t Train throughput/device/mfu: 0.4103\n"
  },
  Dialect(name: "MaxText") { step in
    "completed step: \(step), seconds: 5.667, TFLOP/s/device: 134.924, Tokens/s/device: 8672.758, "
      + "total_weights: 196608, loss: \(loss(step))\n"
  },
  Dialect(name: "LLaMA-Factory") { step in
    "{\"current_steps\": \(step), \"total_steps\": 99999999, \"loss\": \(loss(step)), "
      + "\"lr\": 1.8348623853211011e-06, \"epoch\": 0.0022948609457695674, \"percentage\": 0.23, "
      + "\"elapsed_time\": \"0:32:48\", \"remaining_time\": \"9 days, 21:39:23\"}\n"
  },
  Dialect(name: "MLPerf") { step in
    "0: :::MLLOG {\"namespace\": \"\", \"time_ms\": \(1_745_519_766_616 + step), \"event_type\": "
      + "\"POINT_IN_TIME\", \"key\": \"train_loss\", \"value\": \(loss(step)), \"metadata\": "
      + "{\"file\": \"/homespace/callbacks.py\", \"lineno\": 71, \"samples_count\": \(step * 8), "
      + "\"lr\": 0.0005497879849661988}}\n"
  },
  Dialect(name: "build-nanogpt") { step in
    "step \(step) | loss: \(loss(step)) | lr 4.2857e-05 | norm: 2.1000 | dt: 338.25ms | "
      + "tok/sec: 1550213.40\n"
  },
  Dialect(name: "llm.c") { step in
    "step \(step)/99999999 | loss \(loss(step)) (+0.12z)| norm 0.3012 (+0.10z)| lr 1.20e-05 | "
      + "297.10 ms | 41.2% bf16 MFU | 1764823 tok/s\n"
  },
  Dialect(name: "llm.c file") { step in "s:\(step) trl:\(loss(step)) lr:0.000600 norm:1.25\n" },
  Dialect(name: "modded-nanogpt") { step in
    "step:\(step)/99999999 train_loss:\(loss(step)) train_time:23144ms step_avg:201.25ms\n"
  },
  Dialect(name: "timm") { step in
    "Train: 0 [\(step)/99999999 (  4%)]  Loss: \(loss(step)) (6.95)  Time: 0.350s,  731.4/s  "
      + "(0.36s,  711.1/s)  LR: 1.000e-06  Data: 0.012 (0.034)\n"
  },
  Dialect(name: "mmengine") { step in
    "2024/05/05 12:00:00 - mmengine - INFO - Iter(train) [\(step)/99999999]  lr: 1.0000e-02  "
      + "eta: 0:05:00  time: 0.3500  data_time: 0.0100  memory: 3000  loss: \(loss(step))\n"
  },
  Dialect(name: "detectron2") { step in
    "[04/12 10:00:00 d2.utils.events]:  eta: 1:00:00  iter: \(step)  total_loss: \(loss(step))  "
      + "loss_cls: 0.5  time: 0.5012  last_time: 0.4  data_time: 0.0203  last_data_time: 0.01  "
      + "lr: 0.0002  max_mem: 3000M\n"
  },
  Dialect(name: "MXNet") { step in
    "2020-07-10 18:52:44,594 Node[0] Epoch[0] Batch [\(step)-\(step + 20)]\tSpeed: 20461.75 "
      + "samples/sec\taccuracy=0.001284\n"
  },
  Dialect(name: "minGPT") { step in
    "iter_dt 12.34ms; iter \(step): train loss \(loss(step))1\n"
  },
  Dialect(name: "DLLogger") { step in
    #"DLLL {"timestamp": "1773504001.5", "elapsedtime": "1.5", "datetime": "2026-03-14 16:00:01.5", "#
      + #""type": "LOG", "step": [0, \#(step)], "data": {"train.loss": \#(loss(step)), "#
      + #""train.lr": 0.0128, "train.total_ips": 1402.5, "train.data_time": 0.0125}}"# + "\n"
  },
  Dialect(name: "JSON rows") { step in
    #"{"step": \#(step), "loss": \#(loss(step)), "lr": 0.0003, "grad_norm": 1.25, "epoch": 0.25, "#
      + #""step_time": 0.5, "timestamp": 1773504005.5}"# + "\n"
  },
  Dialect(name: "progress bar") { step in
    "Epoch 3: 12%|█▏        | \(step)/99999999 [02:00<13:54, 0.42it/s, v_num=3, "
      + "train_loss=\(loss(step))]\r"
  },
  Dialect(name: "LitGPT") { step in
    "Epoch 1 | iter \(step * 4) step \(step) | loss train: \(loss(step)), val: 2.861 | "
      + "iter time: 112.20 ms (step) remaining time: 0:01:54\n"
  },
  Dialect(name: "Levanter") { step in
    "2026-08-01T12:00:01 - 0 - tqdm_loggable.tqdm_logging - tqdm_logging.py:139 - INFO :: Progress "
      + "on:train \(step)it/10.0Mit rate:2.0s/it remaining:5:30:00 elapsed:03:20 "
      + "postfix:loss=\(loss(step))\n"
  },
  Dialect(name: "slime") { step in
    "(MegatronTrainRayActor pid=386) [2026-08-01 12:20:29] model.py:660 - step \(step): "
      + "{'train/loss': \(loss(step)), 'train/pg_loss': 0.0121, 'train/grad_norm': 0.21}\n"
  },
  Dialect(name: "OLMo-core") { step in
    "2026-08-01 12:00:01.123\tgpu01:0\tolmo_core.train.callbacks.console_logger:93\tINFO\t"
      + "[step=\(step)/99999999,epoch=1]\n    throughput/device/TPS=32,768\n"
      + "    throughput/total tokens=\(step * 1000)\n    train/CE loss=\(loss(step))\n"
  },
  Dialect(name: "PyTorch ImageNet example") { step in
    "Epoch: [0][\(step)/99999999]\tTime  0.345 ( 1.445)\tData  0.001 ( 0.738)\t"
      + "Loss \(loss(step)) (6.85e+00)\tAcc@1   0.00 (  0.00)\tAcc@5   0.39 (  0.39)\n"
  },
  Dialect(name: "ESPnet") { step in
    "1epoch:train:\(step)-\(step)batch: iter_time=1.2e-04, loss_ctc=230.1, acc=0.07, "
      + "loss=\(loss(step)), grad_norm=60.1, loss_scale=6.5e+04, train_time=0.410\n"
  },
  Dialect(name: "WeNet") { step in
    "2021-06-01 10:01:00,123 DEBUG TRAIN Batch 0/\(step) loss \(loss(step)) loss_att 40.0 "
      + "loss_ctc 60.0 lr 0.00001000 rank 0\n"
  },
  Dialect(name: "Coqui") { step in
    "   --> TIME: 2024-03-01 10:00:24 -- STEP: 1/99999999 -- GLOBAL_STEP: \(step)\n"
      + "     | > loss: \(loss(step))  (2.60000)\n     | > step_time: 0.51240  (0.53120)\n"
  },
  Dialect(name: "Tacotron 2") { step in
    "Train loss \(step) \(loss(step)) Grad Norm 1.234567 1.35s/it\n"
  },
  Dialect(name: "BasicSR") { step in
    "2021-01-01 10:01:00,123 INFO: [train..][epoch:  0, iter: \(step), lr:(2.000e-04,)] "
      + "[eta: 1 day, 1:00:00, time (data): 0.600 (0.010)] l_pix: \(loss(step))\n"
  },
  Dialect(name: "Darknet") { step in
    "\(step): 3.270728, \(loss(step)) avg loss, 0.010000 rate, 1.429193 seconds, \(step * 64) images, "
      + "30.82 hours left\n"
  },
  Dialect(name: "StyleGAN") { step in
    "tick \(step)     kimg \(step).1      time 12m 16s       sec/tick 648.1   sec/kimg 107.73\n"
  },
  Dialect(name: "CycleGAN or pix2pix") { step in
    "(epoch: \(step), iters: 100, time: 0.325, data: 0.233) D_A: 0.389 G_A: 0.523 \n"
  },
  Dialect(name: "LeRobot") { step in
    "INFO 2026-06-12 10:53:37 train.py:357 step:\(step) smpl:13K ep:40 epch:1.01 loss:\(loss(step)) "
      + "grdn:40.1 lr:1.0e-05 updt_s:0.503 data_s:0.090\n"
  },
  Dialect(name: "XGBoost or LightGBM") { step in
    "[\(step)]\ttrain-logloss:\(loss(step))\teval-logloss:\(loss(step))\n"
  },
  Dialect(name: "CatBoost") { step in
    "\(step):\tlearn: \(loss(step))\ttotal: 1m 2s\tremaining: 8m 20s\n"
  },
  Dialect(name: "table", header: "step      train_loss    valid_loss\n") { step in
    "\(step)         \(loss(step))        0.6632\n"
  },
  Dialect(name: "NeMo RL") { step in
    "========================= Step \(step)/99999999 =========================\n"
      + "📊 Training Results:\n  • Loss: \(loss(step))\n  • Total step time: 45.67s\n"
  },
  Dialect(name: "rsl_rl") { step in
    "                 Learning iteration \(step)/99999999\n      Total steps: \(step * 100)\n"
      + "      Iteration time: 1.60s\n"
  },
  Dialect(name: "Stable-Baselines3") { step in
    "| time/                   |             |\n|    fps                  | 812         |\n"
      + "|    total_timesteps      | \(step)       |\n| train/                  |             |\n"
      + "|    loss                 | \(loss(step))        |\n"
  },
  Dialect(name: "named values") { step in
    "[2026-08-01 12:00:01,123] [    INFO] - loss: \(loss(step)), learning_rate: 3e-05, "
      + "global_step: \(step), interval_samples_per_second: 25.6, "
      + "interval_tokens_per_second_per_device: 13107.2, interval_steps_per_second: 0.8\n"
  },
]

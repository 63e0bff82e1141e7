import Formats
import Fuzzing
import Recordings
import Telemetry

// A power log, and two of them together; the control chooses the zone, and where the second begins.
fuzz(seeds: [
  seed("timestamp, index, power.draw [W]\n2026/05/28 11:00:00.000, 0, 300.00 W\n"),
  seed("timestamp;uuid;power.draw.instant [mW]\n2026-10-25T02:30:00;GPU-1;300,5\n"),
  seed("2026/05/28 11:00:00.000, 0, NVIDIA L4, 60.25 W, 72.00 W\n"),
  seed(":::MLLOG {\"time_ms\": 1773480001000, \"key\": \"power_reading\", \"value\": 15}\n"),
  seed("#Date Time gpu pwr\n#YYYYMMDD HH:MM:SS Idx W\n20260528 11:00:00 0 300\n"),
  seed("#Time gpu pwr\n#HH:MM:SS Idx W\n23:59:59 0 300\n00:00:01 0 300\n"),
  seed("timestamp,gpu,power_usage\n1779966000,0,300\n"),
  seed("05-28-2026 11:00:00 RAM 47/74MB VDD_IN 13624mW/13624mW\n"),
  seed("Time_Of_Day_Seconds\tAvg_MHz\tPkgWatt\n1779966000.1\t1200\t120.5\n"),
  seed("Instantaneous power reading: 12 Watts\nIPMI timestamp: 05/28/2026 11:00:00 UTC\n"),
  seed("Time,13-12-2026 11:00:00.682,Watts,1200.95,Volts,2\n"),
  seed("{\"apower\": 3, \"aenergy\": {\"total\": 10.0, \"minute_ts\": 1779966000}}\n"),
  seed("Date,CPU Utilization,Total Power,CPU Power,GPU Power\n 2026- 5- 28  1: 0: 0. 9,1,2,3,4\n"),
  seed("[{\"host\": {\"consumption\": 12.0, \"timestamp\": 1779966000.1}, \"sockets\": []}"),
  seed("start_time,window_name,elapsed_time,gpu0_energy\n1779966000.0,e,60.0,18000.0\n"),
  seed(
    "2026-05-28 11:01:00 - Duration: 0:01:00.00\n"
      + "2026-05-28 11:01:00 - Average power usage (W) for gpu: [300.0]\n"),
  seed(
    "{\"data\": {\"resultType\": \"matrix\", \"result\": [{\"metric\": {\"__name__\": "
      + "\"nv_gpu_power_usage\"}, \"values\": [[1779966000, \"300.5\"]]}]}}"),
  seed(
    "timestamp,project_name,run_id,duration,emissions,cpu_energy,gpu_energy,ram_energy,"
      + "energy_consumed,pue\n2026-05-28T11:00:00,p,a,60.0,0.1,1e-4,2e-4,1e-5,3.1e-4,1.0\n"),
  seed(
    "==NVSMI LOG==\nTimestamp : Thu May 28 11:00:00 2026\nGPU 00000000:01:00.0\n"
      + "    GPU Power Readings\n        Average Power Draw : 300.5 W\n"),
  seed(
    "<nvidia_smi_log><timestamp>Thu May 28 11:00:00 2026</timestamp><gpu id=\"0\"><uuid>U</uuid>"
      + "<power_readings><power_draw>3 W</power_draw></power_readings></gpu></nvidia_smi_log>\n"),
  seed("11:00:00 #Entity POWER TOTEC\n11:00:00 ID W mJ\n11:00:00 GPU 0 185.3 1234\n"),
  seed("{\"query_time\": \"2026-05-28T11:00:00\", \"gpus\": [{\"index\": 0, \"power.draw\": 3}]}"),
  seed("# 2026-05-28T11:00:00Z\nDCGM_FI_DEV_POWER_USAGE{gpu=\"0\"} 300.5 1779966000000\n"),
  seed("Timestamp, DeviceId, GPU Power (W)\n06:14:46.000, 0, 294.41\n"),
  seed("# started on Thu May 28 11:00:00 2026\n 1.0001 60.34 Joules power/energy-pkg/\n"),
  seed("Time User Idle Ctxt/s Watts pkg-0\n10:35:18 0.1 99.9 311 9.23 2.13\n"),
  seed("System Time,RDTSC,Elapsed Time (sec),Processor Power_0(Watt)\n11:00:00:769,6,1.0,15.2\n"),
  seed("Date,Time,\"CPU Package Power [W]\",\"GPU Power [W]\"\n28.5.2026,11:00:00.1,65.2,300.1\n"),
  seed("Delta,Time,CPU_USAGE_0,PACKAGE_ENERGY (J)\n0,1779966000000,5,61000.5\n"),
  seed("id,start_time,duration(s),power_consumption(kWh)\na,2026-05-28 11:00:00,60.0,0.005\n"),
  seed(
    "metric;timestamp;value;resource_kind;resource_id;domain\n"
      + "rapl_consumed_energy_J;2026-05-28T11:00:00.9Z;60.5;cpu_package;0;package\n"),
  seed("{\"Time\":\"2026-05-28T11:00:00\",\"ENERGY\":{\"Total\":12.3,\"Power\":301}}\n"),
  seed(
    "[[{\"entity_id\": \"sensor.rig_power\", \"state\": \"3\", \"last_changed\": "
      + "\"2026-05-28T11:00:00Z\", \"attributes\": {\"unit_of_measurement\": \"W\"}}]]"),
  seed("timestamp,gpu_index,power_W\n2026-05-28T11:00:00.1Z,0,300.1\n"),
]) { input in
  let bytes = Array(input.bytes)
  let zone = input.control & 1 == 0 ? .utc : TimeZoneRule(posix: "CET-1CEST,M3.5.0,M10.5.0/3")
  let middle = bytes.count * Int(input.control >> 1) / 127
  for pieces in [[bytes[...]], [bytes[..<middle], bytes[middle...]]] {
    var logs: [PowerLogFile] = []
    for (index, piece) in pieces.enumerated() {
      guard var log = try? PowerLogFile.read(Array(piece), path: "f\(index).csv") else { continue }
      log.modified = fuzzArrival
      logs.append(log)
    }
    guard !logs.isEmpty,
      let found = try? PowerLogAssembly(logs, zone: zone ?? .utc)
    else { continue }
    expectPossible(found)
  }
}

/// Expects that nothing is told that no device can do, and that what is told can be added up.
func expectPossible(_ found: PowerLogAssembly) {
  for case .reading(let reading) in found.observations {
    precondition(!reading.isEmpty, "a reading of nothing")
    for value in reading.values where value.metric == .power {
      precondition(0...200_000 ~= value.value, "a power that cannot be")
    }
  }
  for remark in found.remarks { precondition(!remark.text.isEmpty, "a remark without words") }
  var timeline = Timeline()
  timeline.apply(found.observations)
  guard let span = timeline.span else { return }
  for device in timeline.devices {
    guard let id = timeline.id(.power, of: device.id) else { continue }
    let total = timeline.total(id, over: span)
    precondition(total.covered <= span.seconds + 1e-3, "more time than there was")
    precondition(total.amount <= 200_000 * (total.covered + 1e-3), "more joules than can be")
  }
}

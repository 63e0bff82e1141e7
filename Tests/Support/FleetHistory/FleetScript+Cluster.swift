extension FleetScript {
  /// A cluster as operators have it: 125 machines of eight, forty jobs, and what goes wrong on any day.
  public static func cluster(hosts: Int = 125, seconds: Int = 5400, scrape: Int = 30) -> FleetScript
  {
    let users = [
      "ada", "bengt", "chloe", "dmitri", "emeka", "fatima", "goran", "hana", "ines", "jun",
    ]
    let accounts = ["vision", "speech", "climate", "protein", "llm"]
    let names = [
      "llama-70b-sft", "vit-huge-22k", "whisper-fr", "graphcast-1deg", "esm3-finetune", "moe-8x22b",
      "diffusion-xl", "rl-hopper", "dino-v3", "bert-bench",
    ]
    var jobs: [Job] = []
    var host = 0
    var number = 48_210
    let sizes = [16, 8, 8, 4, 4, 4, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1]
    var turn = 0
    while host < hosts - 6 {
      let size = min(sizes[turn % sizes.count], hosts - 6 - host)
      let isLong = turn % 3 != 2
      let waits = [0.04, 0.31, 0.02, 0.12, 0.07, 0.22, 0.01][turn % 7]
      jobs.append(
        Job(
          "\(number)", names[turn % names.count], user: users[turn % users.count],
          account: accounts[turn % accounts.count], hosts: host..<host + size, gpus: 8,
          from: isLong ? 0 : 600 + turn * 37 % 1800, to: turn % 5 == 4 ? seconds - 1300 : seconds,
          watts: 480 + Double(turn * 53 % 190), waits: waits,
          cause: ["data", "peers", "program"][turn % 3],
          tokens: turn % 10 == 0 || turn % 10 == 5 ? Double(size) * 8 * 2150 : 0))
      host += size
      number += 1 + turn % 4
      turn += 1
    }
    // One that holds a machine for nothing, and two that share one.
    jobs.append(
      Job(
        "\(number)", "interactive", user: "karl", account: "llm", hosts: hosts - 6..<hosts - 5,
        gpus: 8, from: 0, to: seconds, watts: 0, isHollow: true))
    jobs.append(
      Job(
        "\(number + 1)", "notebook", user: "lea", account: "vision", hosts: hosts - 5..<hosts - 4,
        gpus: 2, from: 900, to: seconds, watts: 210, waits: 0.7, cause: "program"))
    var script = FleetScript(
      hosts: hosts, gpus: 8, seconds: seconds, scrape: scrape, jobs: jobs)
    guard hosts >= 60 else { return script }
    script.faults = [
      3: [.restarts(seconds - 2000)], 17: [.vanishes(seconds - 900)],
      29: [.gap(seconds - 3000..<seconds - 2400)], 41: [.twin],
      hosts - 3: [.refuses(seconds - 1500)], hosts - 2: [.onlyDCGM],
    ]
    // A machine whose accelerators are held down draws unlike the others of its job.
    script.slow = [9: 0.55]
    return script
  }
}

import Formats

extension FoundJob {
  /// The job as one line of JSON.
  public var json: String {
    var writer = JSONWriter()
    writer.raw("{\"pid\":\(pid)")
    writer.member("name", name)
    writer.member("command", command)
    writer.member("why", why)
    for (key, value) in [
      ("user", user), ("launcher", launcher), ("job", batchJob), ("container", container),
      ("visible_gpus", visibleGPUs), ("library", library), ("engine", engine), ("output", output),
      ("unseen", unseen),
    ] {
      if let value { writer.member(key, value) }
    }
    if best == nil { writer.member("no_progress", silence) }
    if let worldSize { writer.raw(",\"world_size\":\(worldSize)") }
    if let nodes { writer.raw(",\"nodes\":\(nodes)") }
    writer.raw(",\"on_gpu\":\(isOnGPU)")
    writer.list("members", members) { $0.raw("\($1)") }
    writer.list("gpus", gpus) { $0.string($1) }
    writer.list("ports", ports) { writer, port in
      writer.raw("{\"port\":\(port.port)")
      writer.member("engine", port.engine)
      writer.raw("}")
    }
    writer.list("files", files) { writer, file in
      writer.raw("{\"reader\":")
      writer.string(file.reader)
      writer.member("path", file.path)
      writer.member("why", file.why)
      if let format = file.format { writer.member("format", format) }
      if let doubt = file.doubt { writer.member("doubt", doubt) }
      writer.raw("}")
    }
    writer.list("skipped", skipped) { writer, item in
      writer.raw("{\"what\":")
      writer.string(item.what)
      writer.member("why", item.why)
      writer.raw("}")
    }
    writer.raw("}")
    return writer.text
  }
}

extension JSONWriter {
  fileprivate mutating func list<Element>(
    _ key: String, _ elements: [Element], _ write: (inout JSONWriter, Element) -> Void
  ) {
    raw(",\"\(key)\":[")
    for (index, element) in elements.enumerated() {
      if index > 0 { raw(",") }
      write(&self, element)
    }
    raw("]")
  }
}

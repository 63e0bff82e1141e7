import Telemetry

/// Why there is no answer to a request, or none that can be used.
package enum HTTPFailure: Error, Sendable, Hashable {
  /// The name of the host has no address.
  case unknownHost
  /// Nothing listens on the port.
  case refused
  /// The connection fails otherwise; what the system says.
  case unreachable(String)
  /// No connection or no whole answer within so many seconds.
  case timeout(Double)
  /// The answer does not begin with a status line of HTTP.
  case notHTTP
  /// A header or status line that breaks the rules; what about it.
  case malformed(String)
  /// More than so many bytes.
  case tooLarge(Int)
  /// The connection ended before the answer did.
  case endedEarly
  /// A body in a coding that was not asked for, such as `gzip`.
  case compressed(String)
  /// A redirect that is not followed; what the server does, in words.
  case redirect(String)
  /// Something that would not stay on its line in a request; what.
  case unsendable(String)
  /// libcurl, which every request needs, is not installed.
  case noCurl
  /// What libcurl says of TLS and certificates.
  case secure(String)

  /// What went wrong with the server at `url`, in words.
  package func words(_ url: HTTPURL) -> String {
    switch self {
    case .unknownHost: "there is no host “\(url.host)” to be found"
    case .refused: "nothing listens on \(url.authority)"
    case .unreachable(let words): "\(url.authority) cannot be reached: \(words)"
    case .timeout(let seconds):
      "no answer from \(url.authority) within \(Self.seconds(seconds))"
    case .notHTTP: "\(url.authority) answered something that is not HTTP"
    case .malformed(let words): "\(url.authority) answered broken HTTP: \(words)"
    case .tooLarge(let limit): "\(url) answered more than \(limit >> 20) MiB"
    case .endedEarly: "\(url.authority) hung up in the middle of its answer"
    case .compressed(let coding):
      "\(url.authority) answered with \(coding), which was not asked for"
    case .redirect(let words): "\(url.authority) \(words)"
    case .unsendable(let what): "\(what) for \(url.authority) holds what cannot be sent"
    case .noCurl:
      "\(url.isSecure ? "https" : "http") needs libcurl.so.4, which is not installed"
    case .secure(let words): "\(url.authority): \(words)"
    }
  }

  /// How libcurl is installed, by the names that distributions give it.
  package static let curlPackages =
    "apt-get install libcurl4t64 (libcurl4 before Debian 13 and Ubuntu 24.04), "
    + "dnf install libcurl, apk add libcurl, pacman -S curl"

  private static func seconds(_ seconds: Double) -> String {
    seconds >= 1 ? "\(Int(seconds)) s" : "\(Int(seconds * 1000)) ms"
  }

  /// What the user can do.
  package func remedy(_ url: HTTPURL) -> String {
    switch self {
    case .unknownHost: "check the spelling, or give the address"
    case .refused: "start the server, or check the port: ss -ltn"
    case .unreachable: "check that the network and the firewall let it through"
    case .timeout: "it is asked again; is the server busy loading its model?"
    case .notHTTP where !url.isSecure: "check the port; for TLS write https://\(url.authority)"
    case .tooLarge: "check the path: a page of metrics is far smaller"
    case .redirect: "give the URL it leads to, if that is the right one"
    case .unsendable: "check for blanks, line breaks and signs that must be escaped"
    case .noCurl:
      "install it: " + Self.curlPackages
    case .secure: "check the certificate: curl -v \(url)"
    case .notHTTP, .malformed, .endedEarly, .compressed: "look at it: curl -v \(url)"
    }
  }

  /// The state of a source that has nothing else to read.
  package var health: SourceState.Health {
    switch self {
    case .refused, .unknownHost, .noCurl: .absent
    default: .failed
    }
  }

  /// The failure of a source that has nothing else to read.
  package func failure(_ url: HTTPURL) -> SourceFailure {
    SourceFailure(health, words(url), remedy: remedy(url))
  }
}

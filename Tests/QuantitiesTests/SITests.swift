import Quantities
import Testing

/// Numbers as they are written, with the edges where rounding moves a digit or a prefix.
@Suite struct SITests {
  @Test(
    arguments: [
      (0, "0 W"), (1, "1.00 W"), (4452, "4.45 kW"), (999.4, "999 W"), (999.5, "1.00 kW"),
      (9.994, "9.99 W"), (9.995, "10.0 W"), (99.94, "99.9 W"), (99.95, "100 W"),
      (999_499, "999 kW"), (999_500, "1.00 MW"), (12_345_678, "12.3 MW"), (0.5, "500 mW"),
      (0.9994, "999 mW"), (0.9995, "1.00 W"), (2.5e-6, "2.50 µW"), (7e-12, "7.00 pW"),
      (3e18, "3.00 EW"), (-4452, "−4.45 kW"), (-999.5, "−1.00 kW"), (-0.0, "0 W"),
      (.nan, "– W"), (.infinity, "– W"), (-.infinity, "– W"),
    ] as [(Double, String)])
  func `Three digits and a prefix`(value: Double, text: String) {
    #expect(SI.string(value, "W") == text)
  }

  @Test func `Every power of ten keeps three digits on both sides of its edge`() {
    var value = 1e-11
    while value < 1e17 {
      for factor in [0.99949, 0.99951, 1, 1.0049, 1.0051] {
        let number = SI.text(value * factor, "W").number
        #expect(number.filter(\.isNumber).count == 3, "\(value * factor) is written \(number)")
      }
      value *= 10
    }
  }

  @Test(
    arguments: [
      (0, "0 B"), (0.25, "0.25 B"), (1, "1.00 B"), (999.5, "1.00 kB"), (1e9, "1.00 GB"),
    ] as [(Double, String)])
  func `Bytes have no parts`(value: Double, text: String) {
    #expect(SI.data(value).joined == text)
    #expect(SI.dataRate(value).joined == text + "/s")
  }

  @Test(
    arguments: [
      (99_400, "99.4 kJ"), (100_000, "27.8 Wh"), (3.6e6, "1.00 kWh"), (-3.6e6, "−1.00 kWh"),
      (1.2345e12, "343 MWh"), (.nan, "– Wh"),
    ] as [(Double, String)])
  func `Energy is in joules while it is small`(joules: Double, text: String) {
    #expect(SI.energy(joules).joined == text)
  }

  @Test(
    arguments: [
      (0, "0 B"), (999, "999 B"), (1024, "1.00 KiB"), (85_520_809_984, "79.6 GiB"),
      (2_164_000_000_000, "1.97 TiB"),
    ] as [(Double, String)])
  func `Memory has binary prefixes`(bytes: Double, text: String) {
    #expect(SI.memory(bytes).joined == text)
  }

  @Test(
    arguments: [
      (0.5, "500 mgCO₂e"), (999.4, "999 gCO₂e"), (1000, "1.00 kgCO₂e"), (999_499, "999 kgCO₂e"),
      (999_500, "1.00 tCO₂e"), (2.5e6, "2.50 tCO₂e"),
    ] as [(Double, String)])
  func `A thousand kilograms are a tonne`(grams: Double, text: String) {
    #expect(SI.carbon(grams).joined == text)
  }

  @Test(
    arguments: [
      (0, "0"), (0.0005, "0.1"), (0.05, "5.0"), (0.0994, "9.9"), (0.0995, "10"), (0.995, "100"),
      (1, "100"), (-0.25, "−25"), (-1e-9, "0.0"), (.nan, "–"), (.infinity, "–"),
    ] as [(Double, String)])
  func `Percentages have a decimal below ten`(fraction: Double, text: String) {
    #expect(SI.percent(fraction) == text)
  }

  @Test(
    arguments: [
      (153, "200"), (0, "0"), (9.4, "9"), (9.6, "10"), (0.034, "0.03"), (95, "100"), (94, "90"),
      (-153, "−200"), (1.23e9, "1000000000"), (.nan, "–"),
    ] as [(Double, String)])
  func `An estimate has one digit`(value: Double, text: String) {
    #expect(SI.oneDigit(value) == text)
  }

  @Test(
    arguments: [
      (153, "150"), (0, "0"), (9.44, "9.4"), (9.96, "10"), (0.0343, "0.034"), (99.4, "99"),
      (99.6, "100"), (995, "1000"), (-153, "−150"), (1.23e9, "1200000000"), (1, "1.0"), (.nan, "–"),
    ] as [(Double, String)])
  func `A comparison has two digits`(value: Double, text: String) {
    #expect(SI.twoDigits(value) == text)
  }

  @Test(
    arguments: [
      (0, 0, "0"), (0.5, 0, "1"), (1.005, 1, "1.0"), (9.9951, 2, "10.00"), (-0.04, 1, "0.0"),
      (-1.25, 1, "−1.3"), (0.007, 3, "0.007"), (1e14, 2, "100000000000000.00"), (1e16, 0, "–"),
      (.nan, 1, "–"),
    ] as [(Double, Int, String)])
  func `Fixed decimals round half away from zero`(value: Double, decimals: Int, text: String) {
    #expect(SI.fixed(value, decimals) == text)
  }

  @Test(
    arguments: [
      (0, "0"), (999, "999"), (1000, "1 000"), (-30_000, "−30 000"),
      (1_234_567, "1 234 567"), (.max, "9 223 372 036 854 775 807"),
      (.min, "−9 223 372 036 854 775 808"),
    ] as [(Int64, String)])
  func `Thousands stand in groups`(value: Int64, text: String) {
    // Whichever blank stands between them, it is one.
    #expect(String(SI.grouped(value).map { $0.isWhitespace ? " " : $0 }) == text)
  }

  @Test(
    arguments: [
      (0, "0"), (30_000.9, "30 000"), (-1234, "−1 234"), (9.3e18, "–"), (.nan, "–"),
    ] as [(Double, String)])
  func `A count is whole`(value: Double, text: String) {
    #expect(String(SI.count(value).map { $0.isWhitespace ? " " : $0 }) == text)
  }

  @Test(
    arguments: [
      (4.4524, 4, "4.452"), (44.524, 4, "44.52"), (9.9996, 4, "10.00"), (12_345, 4, "12345"),
      (0.0012, 3, "0.00"), (-1.5, 2, "−1.5"), (.nan, 3, "–"),
    ] as [(Double, Int, String)])
  func `Significant digits`(value: Double, digits: Int, text: String) {
    #expect(SI.significant(value, digits: digits) == text)
  }
}

import Accounting
import Canvas
import Quantities
import Telemetry

/// The line below the flow: how green it is, what was drawn so far, and what the whole run will take.
enum FlowFoot {
  static func draw(_ canvas: inout Canvas, in rect: Rect, _ c: FrameContext) {
    var phrases: [[Run]] = []
    let grid = c.grid
    let mark = [.estimated, .stale, .profile].contains(grid.rung) ? "≈ " : ""
    if let share = grid.renewable {
      let supposed = c.input.session.supposed == nil ? "" : FlowWords.whatIf.text(in: c.language)
      let text =
        supposed + mark + FlowWords.percentRenewable(SI.fixed(share * 100, 0)).text(in: c.language)
      phrases.append([Run(text, c.style(.renewable).bold)])
    }
    // What is drawn this moment, where that is not what the streams are the mean of.
    if let watts = c.ledger.power(at: c.time), let mean = c.split?.total.meanPower,
      abs(watts - mean) > 0.05 * mean
    {
      let text = FlowWords.now(c.language.string(SI.text(watts, "W"))).text(in: c.language)
      phrases.append([Run(text, c.style(.power).bold)])
    }
    if let energy = c.sessionEnergy, energy.joules > 0 {
      var text = (energy.isModelled ? "≈ " : "") + c.language.string(SI.energy(energy.joules))
      let kilometres = energy.joules / Equivalent.modelThreeKilometre.joules
      text += " " + FlowWords.soFar.text(in: c.language)
      if kilometres >= 0.095 {
        let number = c.language.number(SI.twoDigits(kilometres))
        text += " = " + FlowWords.kilometres(number).text(in: c.language)
      }
      phrases.append([Run(text, c.text)])
    }
    if let outlook = c.outlook, let left = outlook.joules, left > 0 {
      let number = c.language.string(SI.energy(left))
      phrases.append([Run(FlowWords.toGo("≈ " + number).text(in: c.language), c.text)])
    }
    if let share = grid.lowCarbon {
      let text = FlowWords.percentLowCarbon(SI.fixed(share * 100, 0)).text(in: c.language)
      phrases.append([Run(mark + text, c.muted)])
    }
    if let intensity = grid.intensity {
      phrases.append([Run(mark + SI.fixed(intensity, 0) + " gCO₂e/kWh", c.muted)])
    }
    canvas.phrases(phrases, x: rect.x, y: rect.y, maxWidth: rect.width, inOrder: true)
  }
}

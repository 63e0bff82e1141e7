import Accounting
import Canvas
import Quantities
import Telemetry

/// The line below the flow: how green it is, what was drawn so far, and what the whole run will take.
enum FlowFoot {
  static func draw(_ canvas: inout Canvas, in rect: Rect, _ c: FrameContext) {
    var phrases: [[Run]] = []
    let grid = c.grid
    let mark = grid.rung.isEstimate ? "≈ " : ""
    if let share = grid.renewable {
      let supposed = c.input.session.supposed == nil ? "" : c.say(FlowWords.whatIf)
      let text =
        supposed + mark + c.say(FlowWords.percentRenewable, c.fixed(share * 100, 0))
      phrases.append([Run(text, c.style(.renewable).bold)])
    }
    // What is drawn this moment, where that is not what the streams are the mean of.
    if let watts = c.ledger.power(at: c.time), let mean = c.split?.total.meanPower,
      abs(watts - mean) > 0.05 * mean
    {
      let modelled = c.split?.total.isModelled ?? false ? "≈ " : ""
      let text = c.say(FlowWords.now, modelled + c.string(watts, "W"))
      phrases.append([Run(text, c.style(.power).bold)])
    }
    if let energy = c.sessionEnergy, energy.joules > 0 {
      var text = (energy.isModelled ? "≈ " : "") + c.language.string(SI.energy(energy.joules))
      let kilometres = energy.joules / Equivalent.modelThreeKilometre.joules
      text += " " + c.say(FlowWords.soFar)
      if kilometres >= 0.095 {
        let number = c.language.number(SI.twoDigits(kilometres))
        text += " = " + c.say(FlowWords.kilometres, number)
      }
      phrases.append([Run(text, c.text)])
    }
    if let outlook = c.outlook, let left = outlook.joules, left > 0 {
      let number = c.language.string(SI.energy(left))
      phrases.append([Run(c.say(FlowWords.toGo, "≈ " + number), c.text)])
    }
    if let share = grid.lowCarbon {
      let text = c.say(FlowWords.percentLowCarbon, c.fixed(share * 100, 0))
      phrases.append([Run(mark + text, c.muted)])
    }
    if let intensity = grid.intensity {
      phrases.append([Run(mark + SI.fixed(intensity, 0) + " gCO₂e/kWh", c.muted)])
    }
    canvas.phrases(phrases, x: rect.x, y: rect.y, maxWidth: rect.width, inOrder: true)
  }
}

/// A linear model with at most three columns, fitted by ordinary least squares.
struct LeastSquares {
  /// The columns that take part.
  let columns: [Int]
  /// The sum of squared residuals.
  let residual: Double
  private let solution: [Double]
  private let errors: [Double]
  private let freedom: Int

  /// Fits some columns of `rows` to `values`; `nil` when they are collinear.
  init?(_ columns: [Int], _ rows: [[Double]], _ values: [Double]) {
    let count = columns.count
    var normal = Array(repeating: Array(repeating: 0.0, count: count), count: count)
    var right = Array(repeating: 0.0, count: count)
    for (row, value) in zip(rows, values) {
      for (i, a) in columns.enumerated() {
        right[i] += row[a] * value
        for (j, b) in columns.enumerated() { normal[i][j] += row[a] * row[b] }
      }
    }
    guard let inverse = Self.inverse(normal) else { return nil }
    let solution = inverse.map { line in zip(line, right).reduce(0) { $0 + $1.0 * $1.1 } }
    var residual = 0.0
    for (row, value) in zip(rows, values) {
      let model = zip(columns, solution).reduce(0) { $0 + row[$1.0] * $1.1 }
      residual += (value - model) * (value - model)
    }
    guard residual.isFinite else { return nil }
    self.columns = columns
    self.residual = residual
    self.solution = solution
    freedom = rows.count - count
    let variance = freedom > 0 ? residual / Double(freedom) : .infinity
    errors = inverse.indices.map { max(0, inverse[$0][$0] * variance).squareRoot() }
  }

  /// The best fit of all three columns with no coefficient below zero.
  ///
  /// With three columns, all subsets that are not held at zero can be tried.
  static func nonNegative(_ rows: [[Double]], _ values: [Double]) -> LeastSquares? {
    var best: LeastSquares?
    for choice in 1..<8 {
      let columns = [0, 1, 2].filter { choice >> $0 & 1 == 1 }
      guard let fit = LeastSquares(columns, rows, values), fit.solution.allSatisfy({ $0 >= 0 })
      else { continue }
      if best.map({ fit.residual < $0.residual }) ?? true { best = fit }
    }
    return best
  }

  /// The coefficient of a column; zero where it takes no part.
  func coefficient(_ column: Int) -> Double {
    columns.firstIndex(of: column).map { solution[$0] } ?? 0
  }

  /// Half the width of the 95 % confidence interval of the coefficient.
  func margin(_ column: Int) -> Double {
    columns.firstIndex(of: column).map { errors[$0] * Self.quantile(freedom) } ?? 0
  }

  /// Student's t at 97.5 %, by the first terms of its expansion about the normal distribution.
  private static func quantile(_ freedom: Int) -> Double {
    let n = Double(max(1, freedom))
    return 1.959964 + 2.372271 / n + 2.822499 / (n * n)
  }

  /// The inverse of a small symmetric matrix; `nil` when it is too close to singular.
  private static func inverse(_ matrix: [[Double]]) -> [[Double]]? {
    let count = matrix.count
    var left = matrix
    var right = (0..<count).map { row in (0..<count).map { row == $0 ? 1.0 : 0.0 } }
    let largest = matrix.joined().map(abs).max() ?? 0
    for column in 0..<count {
      guard
        let pivot = (column..<count).max(by: { abs(left[$0][column]) < abs(left[$1][column]) }),
        abs(left[pivot][column]) > 1e-12 * largest
      else { return nil }
      left.swapAt(column, pivot)
      right.swapAt(column, pivot)
      let scale = 1 / left[column][column]
      for index in 0..<count {
        left[column][index] *= scale
        right[column][index] *= scale
      }
      for row in 0..<count where row != column {
        let factor = left[row][column]
        for index in 0..<count {
          left[row][index] -= factor * left[column][index]
          right[row][index] -= factor * right[column][index]
        }
      }
    }
    return right
  }
}

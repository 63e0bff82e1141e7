import Testing

@testable import JobLogs

/// Which of many losses is the one that is minimized, by its name.
@Suite struct LossRoleTests {
  @Test(arguments: [
    "loss", "train_loss", "train/loss", "train_loss_step", "lm_loss", "lm loss", "act_loss",
    "actor/loss", "train/ce loss", "gpt_loss", "total_loss", "loss_metrics/global_avg_loss",
    "cross_entropy_loss", "train/crossentropyloss", "trainer/train loss", "reduced_train_loss",
  ]) func isOfTheTraining(name: String) {
    guard case .training(let rank)? = LossRole(name: name) else {
      Issue.record("\(name)")
      return
    }
    #expect(rank <= 1)
  }

  @Test(arguments: [
    ("avr_loss", 1), ("loss_mean", 1), ("pg_loss", 1), ("epoch_loss", 2), ("train/box_loss", 5),
  ]) func isOneOfSeveral(name: String, rank: Int) {
    #expect(LossRole(name: name) == .training(rank: rank))
  }

  @Test(arguments: [
    "val_loss", "val/loss", "eval/loss", "validation loss", "test_loss", "eval/c4_en/ce loss",
  ]) func isOfAnEvaluation(name: String) {
    guard case .validation? = LossRole(name: name) else {
      Issue.record("\(name)")
      return
    }
  }

  @Test(arguments: [
    "aux loss", "aux_loss", "z loss", "load_balance_loss", "load_balancing_loss", "loss scale",
    "loss_scale", "best loss", "min_val_loss", "kl_loss", "value_loss", "critic/loss",
    "entropy_loss",
    "reg_loss", "train/cls_loss", "dfl_loss", "step", "losslandscape", "val_loss improved from",
    "mtp_1 loss", "grad_norm", "foo_loss", "learning loss rate of something",
  ]) func isNeither(name: String) {
    #expect(LossRole(name: name) == nil)
  }
}

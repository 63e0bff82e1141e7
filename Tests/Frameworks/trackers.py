"""The trackers as scripts call them by hand."""

from truth import RUNS, TRACKERS


class Tracker:
    def __init__(self):
        if "wandb" in TRACKERS:
            import wandb

            self.wandb = wandb.init(project="tiny", dir=RUNS, mode="offline")
        if "mlflow" in TRACKERS:
            import mlflow

            self.mlflow = mlflow
            mlflow.start_run()
        if "tensorboard" in TRACKERS:
            from torch.utils.tensorboard import SummaryWriter

            self.writer = SummaryWriter(f"{RUNS}/tensorboard", flush_secs=1)
        if "csv" in TRACKERS:
            self.table = open(f"{RUNS}/metrics.csv", "w", buffering=1)
            self.table.write("step,loss,tokens\n")

    def log(self, step, loss, tokens):
        if "wandb" in TRACKERS:
            self.wandb.log({"train/loss": loss, "train/tokens": tokens}, step=step)
        if "mlflow" in TRACKERS:
            self.mlflow.log_metrics({"loss": loss, "tokens": tokens}, step=step)
        if "tensorboard" in TRACKERS:
            self.writer.add_scalar("train/loss", loss, step)
            self.writer.add_scalar("train/tokens", tokens, step)
        if "csv" in TRACKERS:
            self.table.write(f"{step},{loss:.6f},{tokens}\n")

    def close(self):
        if "wandb" in TRACKERS:
            self.wandb.finish()
        if "mlflow" in TRACKERS:
            self.mlflow.end_run()
        if "tensorboard" in TRACKERS:
            self.writer.close()
        if "csv" in TRACKERS:
            self.table.close()

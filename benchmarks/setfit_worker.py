"""SetFit in an environment of its own: trains on texts and reads others. `setfit_peer` runs it."""

import json
import sys
import tempfile
from pathlib import Path
from time import perf_counter


def main() -> None:
    """Take what is asked for from one file and write what was found into another."""
    asked, answer = map(Path, sys.argv[1:])
    found = _read(json.loads(asked.read_text(encoding="utf-8")))
    answer.write_text(json.dumps(found), encoding="utf-8")


def _read(asked: dict) -> dict:
    from datasets import Dataset, disable_progress_bars
    from setfit import SetFitModel, Trainer, TrainingArguments

    disable_progress_bars()
    labels = sorted({label for _, label in asked["train"]})
    rows = {
        "text": [text for text, _ in asked["train"]],
        "label": [labels.index(label) for _, label in asked["train"]],
    }
    began = perf_counter()
    model = SetFitModel.from_pretrained(asked["encoder"], labels=labels)
    with tempfile.TemporaryDirectory() as scratch:
        # The paper's: one epoch over pairs, cosine loss, then logistic regression on the vectors.
        arguments = TrainingArguments(
            output_dir=scratch, batch_size=16, num_epochs=1, body_learning_rate=2e-5, seed=asked["seed"],
            num_iterations=asked["iterations"], save_strategy="no", report_to="none", logging_strategy="no",
            show_progress_bar=sys.stderr.isatty(),
        )  # fmt: skip
        Trainer(model=model, args=arguments, train_dataset=Dataset.from_dict(rows)).train()
    seconds = perf_counter() - began
    return {"intents": [str(one) for one in model.predict(asked["test"])], "seconds": seconds}


if __name__ == "__main__":
    main()

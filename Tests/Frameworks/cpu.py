"""torch on one thread of the processor. Import this before any framework.

torchvision's wheels load their operators only beside the very torch they were built with; beside one
for the processor alone even `import torchvision` fails, for want of `nms`, which is made up for here.
"""

import importlib.util

import torch

torch.set_num_threads(1)


def nms(boxes, scores, threshold):
    """Of boxes that overlap by more than the threshold, those with the best scores."""
    order, kept = scores.argsort(descending=True), []
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    while len(order):
        best, order = order[0], order[1:]
        kept.append(best)
        low = torch.maximum(boxes[best, :2], boxes[order, :2])
        high = torch.minimum(boxes[best, 2:], boxes[order, 2:])
        common = (high - low).clamp(min=0).prod(dim=1)
        order = order[common / (area[best] + area[order] - common) <= threshold]
    return torch.stack(kept) if kept else torch.zeros(0, dtype=torch.long)


if importlib.util.find_spec("torchvision") and "+cpu" in torch.__version__:
    library = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms"):
        library.define(name + "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.impl("nms", nms, "CPU")

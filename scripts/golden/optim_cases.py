"""What the goldens of ts/optim run: each optimizer plain, and with each option that changes its numbers."""

import torch
from torch import optim


class Lion(optim.Optimizer):
    """Algorithm 2 of Chen et al. 2023 (arXiv 2302.06675), written out; PyTorch has none."""

    def __init__(self, params, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0, maximize=False):
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay, "maximize": maximize})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            (beta1, beta2), lr, decay = group["betas"], group["lr"], group["weight_decay"]
            for param in group["params"]:
                if param.grad is None:
                    continue
                gradient = -param.grad if group["maximize"] else param.grad
                momentum = self.state[param].setdefault("exp_avg", torch.zeros_like(param))
                update = torch.sign(beta1 * momentum + (1 - beta1) * gradient)
                param.sub_(lr * (update + decay * param))
                momentum.copy_(beta2 * momentum + (1 - beta2) * gradient)


BETAS = {"betas": (0.8, 0.95), "eps": 1e-6}

# (optimizer, options, options of the second group)
CASES = {
    "sgd": (optim.SGD, {"lr": 0.1}, {}),
    "sgd_momentum": (optim.SGD, {"lr": 0.05, "momentum": 0.9, "dampening": 0.1, "weight_decay": 0.01}, {"lr": 0.2}),
    "sgd_nesterov": (optim.SGD, {"lr": 0.05, "momentum": 0.8, "nesterov": True}, {}),
    "sgd_maximize": (optim.SGD, {"lr": 0.05, "momentum": 0.5, "maximize": True, "weight_decay": 0.1}, {}),
    "adam": (optim.Adam, {"lr": 0.01}, {}),
    "adam_decay": (optim.Adam, {"lr": 0.02, "weight_decay": 0.1, **BETAS}, {}),
    "adam_amsgrad": (optim.Adam, {"lr": 0.02, "amsgrad": True, "maximize": True}, {}),
    "adamw": (optim.AdamW, {"lr": 0.01}, {}),
    "adamw_decay": (optim.AdamW, {"lr": 0.05, "betas": (0.7, 0.9), "weight_decay": 0.3}, {"lr": 0.001, "weight_decay": 0.0}),
    "adamw_amsgrad": (optim.AdamW, {"lr": 0.05, "amsgrad": True}, {}),
    "rmsprop": (optim.RMSprop, {}, {"lr": 0.05}),
    "rmsprop_decay": (optim.RMSprop, {"lr": 0.02, "alpha": 0.9, "eps": 1e-4, "weight_decay": 0.1, "maximize": True}, {}),
    "rmsprop_momentum": (optim.RMSprop, {"lr": 0.02, "momentum": 0.8}, {"alpha": 0.5}),
    "rmsprop_centered": (optim.RMSprop, {"lr": 0.02, "centered": True, "eps": 1e-3}, {}),
    "rmsprop_both": (optim.RMSprop, {"lr": 0.01, "centered": True, "momentum": 0.5, "eps": 1e-3}, {}),
    "adagrad": (optim.Adagrad, {}, {"lr": 0.1}),
    "adagrad_decay": (optim.Adagrad, {"lr": 0.1, "lr_decay": 0.1, "weight_decay": 0.1, "eps": 1e-3}, {"lr_decay": 0.0}),
    "adagrad_initial": (optim.Adagrad, {"lr": 0.1, "initial_accumulator_value": 0.5, "maximize": True}, {}),
    "adadelta": (optim.Adadelta, {}, {"lr": 0.3}),
    "adadelta_decay": (optim.Adadelta, {"lr": 0.5, "rho": 0.7, "eps": 1e-4, "weight_decay": 0.1, "maximize": True}, {}),
    "adamax": (optim.Adamax, {}, {"lr": 0.05}),
    "adamax_decay": (optim.Adamax, {"lr": 0.02, "weight_decay": 0.1, "maximize": True, **BETAS}, {}),
    "asgd": (optim.ASGD, {}, {"lr": 0.1}),
    "asgd_averaging": (optim.ASGD, {"lr": 0.05, "lambd": 0.1, "alpha": 0.5, "t0": 3, "weight_decay": 0.1}, {"maximize": True}),
    "radam": (optim.RAdam, {"lr": 0.01}, {}),
    "radam_decay": (optim.RAdam, {"lr": 0.02, "weight_decay": 0.1, "maximize": True, **BETAS}, {"betas": (0.5, 0.8)}),
    "radam_decoupled": (optim.RAdam, {"lr": 0.02, "weight_decay": 0.1, "decoupled_weight_decay": True}, {}),
    "nadam": (optim.NAdam, {}, {"lr": 0.05}),
    "nadam_decay": (optim.NAdam, {"lr": 0.02, "weight_decay": 0.1, "momentum_decay": 0.1, "maximize": True, **BETAS}, {}),
    "nadam_decoupled": (optim.NAdam, {"lr": 0.02, "weight_decay": 0.1, "decoupled_weight_decay": True}, {}),
    "rprop": (optim.Rprop, {}, {"lr": 0.1}),
    "rprop_options": (optim.Rprop, {"lr": 0.1, "etas": (0.3, 1.5), "step_sizes": (0.05, 0.2), "maximize": True}, {}),
    "lion": (Lion, {"lr": 0.01}, {}),
    "lion_decay": (Lion, {"lr": 0.02, "betas": (0.8, 0.95), "weight_decay": 0.1, "maximize": True}, {"lr": 0.001}),
    "adafactor": (optim.Adafactor, {}, {"lr": 0.1}),
    "adafactor_options": (
        optim.Adafactor,
        {"lr": 0.5, "beta2_decay": -0.5, "eps": (1e-3, 0.1), "d": 2.0, "weight_decay": 0.1, "maximize": True},
        {},
    ),
    "muon": (optim.Muon, {"lr": 0.02}, {"lr": 0.1, "weight_decay": 0.0}),
    "muon_plain": (optim.Muon, {"lr": 0.02, "nesterov": False, "momentum": 0.8, "ns_steps": 3, "eps": 1e-3}, {}),
    "muon_rms": (optim.Muon, {"lr": 0.02, "adjust_lr_fn": "match_rms_adamw", "ns_coefficients": (2.0, -1.5, 0.5)}, {}),
}

LBFGS_CASES = {
    "lbfgs": {"lr": 0.5, "max_iter": 4},
    "lbfgs_history": {"lr": 0.8, "max_iter": 3, "history_size": 2},
    "lbfgs_wolfe": {"max_iter": 3, "line_search_fn": "strong_wolfe"},
    "lbfgs_wolfe_long": {"lr": 20, "max_iter": 4, "max_eval": 9, "line_search_fn": "strong_wolfe", "tolerance_grad": 1e-3},
}

SPARSE_CASES = {
    "sparse_adam": {"lr": 0.05},
    "sparse_adam_options": {"lr": 0.1, "maximize": True, **BETAS},
}

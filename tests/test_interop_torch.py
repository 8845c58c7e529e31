"""PyTorch: modules there and back, bit by bit, and what is refused, by name."""

from __future__ import annotations

import numpy as np
import pytest

import workings as wk
from tests.cases import FULL
from tests.exchanged import close, filled, random_model, rows_for, same_numbers
from workings.interop import agreement

torch = pytest.importorskip("torch")
nn = torch.nn


@pytest.mark.parametrize("seed", range(200 if FULL else 25))
def test_random_networks_there_and_back(seed):
    """Goal G29: the same bits, outputs within 1e-6."""
    model = random_model(seed, "float64" if seed % 4 == 3 else "float32")
    module, X = model.to_torch(), rows_for(model)
    assert not module.training
    with torch.no_grad():
        close(module(torch.from_numpy(X)).numpy(), model.outputs(X), 1e-6)
    again = wk.from_torch(module, inputs=model.shape)
    assert again.network == model.network
    same_numbers(model, again)
    np.testing.assert_array_equal(again.outputs(X), model.outputs(X))
    layers = wk.Network({row.name: (row.layer, *row.reads) for row in model.network.rows})
    same_numbers(model, wk.from_torch(module.state_dict(), layers, model.shape))


def test_a_module_as_people_write_it():
    net = nn.Sequential(
        nn.Flatten(),
        nn.Sequential(nn.Linear(12, 5, bias=False), nn.LeakyReLU(0.2)),
        nn.Sequential(nn.BatchNorm1d(5), nn.Dropout(0.3)),
        nn.Sequential(nn.Linear(5, 3), nn.Softmax(dim=-1)),
    )
    net(torch.randn(9, 3, 4, 1))  # so that batch norm has something to remember
    net.eval()
    model = wk.from_torch(net, inputs=(3, 4, 1))
    assert [type(row.layer).__name__ for row in model.network.rows] == (
        ["Flatten", "Dense", "LeakyRelu", "BatchNorm", "Dropout", "Dense", "Softmax"]
    )
    X = np.random.default_rng(0).standard_normal((6, 3, 4, 1)).astype("float32")
    assert agreement(model, net, X).largest < 1e-6
    assert model.explain(X[:2], [0, 1])["dW1"].shape == (5, 12)


def test_training_goes_on_from_pytorch():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1), nn.Sigmoid())
    model = wk.from_torch(net)
    X, y = wk.data.xor()
    history = model.fit(X, y, epochs=300, learning_rate=0.1, optimizer="adam", progress=False)
    assert history[-1]["accuracy"] == 1


def test_sequences_and_words():
    words = nn.Sequential(nn.Embedding(7, 3), nn.Linear(3, 2), nn.Tanh(), nn.Flatten(), nn.Linear(10, 1))
    model = wk.from_torch(words, inputs=5)
    X = np.random.default_rng(0).integers(0, 7, (4, 5))
    assert agreement(model, words, X).largest < 1e-6
    state = nn.ModuleDict({"rnn": nn.LSTM(3, 4, batch_first=True), "out": nn.Linear(4, 2)}).state_dict()
    model = wk.from_torch(state, [wk.LSTM(4), wk.Dense(2)], (3, 6))
    np.testing.assert_array_equal(model.parameters["W2"], state["out.weight"].numpy())
    reader, out = nn.LSTM(3, 4, batch_first=True), nn.Linear(4, 2)
    X = np.random.default_rng(0).standard_normal((5, 6, 3)).astype("float32")
    reader.load_state_dict({k.removeprefix("rnn."): v for k, v in state.items() if k.startswith("rnn")})
    out.load_state_dict({k.removeprefix("out."): v for k, v in state.items() if k.startswith("out")})
    with torch.no_grad():
        close(out(reader(torch.from_numpy(X))[0][:, -1]).numpy(), model.outputs(X), 1e-6)


def test_a_state_dict_in_a_safetensors_file(tmp_path):
    from safetensors.torch import save_file

    net = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    save_file(net.state_dict(), tmp_path / "net")
    model = wk.from_torch(tmp_path / "net", [wk.Dense(4, "relu"), wk.Dense(2)], check=None)
    X = np.ones((2, 3), np.float32)
    assert agreement(model, net, X).largest < 1e-6
    torch.manual_seed(1)
    deep = nn.Sequential(*[nn.Linear(3, 3) for _ in range(11)])  # the file has 10 before 2
    save_file(deep.state_dict(), tmp_path / "deep")
    again = wk.from_torch(tmp_path / "deep", [wk.Dense(3)] * 11)
    np.testing.assert_array_equal(again.parameters["W11"], deep[10].weight.detach().numpy())
    twins = {
        "out.weight": torch.ones(3, 3),
        "out.bias": torch.ones(3),
        "in.weight": torch.zeros(3, 3),
        "in.bias": torch.ones(3),
    }
    save_file(twins, tmp_path / "twins")
    with pytest.raises(ValueError, match=r"'in' and 'out' have the same shapes.*which comes first"):
        wk.from_torch(tmp_path / "twins", [wk.Dense(3), wk.Dense(3)])
    save_file({k: v.to(torch.bfloat16) for k, v in net.state_dict().items()}, tmp_path / "half")
    half = wk.from_torch(tmp_path / "half", [wk.Dense(4, "relu"), wk.Dense(2)])
    np.testing.assert_array_equal(half.parameters["W1"], net[0].weight.to(torch.bfloat16).float().detach().numpy())
    torch.save(net.state_dict(), tmp_path / "net.pt")
    with pytest.raises(ValueError, match=r"net.pt is not a safetensors file.*it is a zip file"):
        wk.from_torch(tmp_path / "net.pt", [wk.Dense(4, "relu"), wk.Dense(2)])


def test_branches():
    table = {"Z1": (wk.layers.Dense(3, "xavier"), "X"), "S1": (wk.Add(), "Z1", "X"), "C1": (wk.Concat(), "S1", "X")}
    model = filled(wk.Model(wk.Network(table | {"F1": (wk.Select((4, 0, 2)), "C1")}), inputs=3), 0)
    module, X = model.to_torch(), rows_for(model)
    assert agreement(model, module, X).largest < 1e-6
    again = wk.from_torch(module)
    assert again.network == model.network
    same_numbers(model, again)


def test_classes_travel():
    X, y = np.random.default_rng(0).standard_normal((20, 4)), np.array(["a", "b"] * 10)
    model = wk.Model([wk.Dense(2, "softmax")])
    model.fit(X, y, epochs=1, progress=False)
    module = model.to_torch()
    assert module.classes == ["a", "b"]
    assert list(module.state_dict()) == ["Z1.weight", "Z1.bias"]


REFUSED = {
    "log softmax": (
        nn.Sequential(nn.Linear(2, 2), nn.LogSoftmax(1)),
        "module '1' is LogSoftmax.*end with nn.Softmax",
    ),
    "exact gelu": (nn.Sequential(nn.Linear(2, 2), nn.GELU()), "module '1', GELU, .*the tanh form"),
    "a nested one": (nn.Sequential(nn.Sequential(nn.Linear(2, 2), nn.ELU())), "module '0.1' is ELU"),
    "layer norm": (nn.Sequential(nn.Linear(2, 2), nn.LayerNorm(2)), "module '1' is LayerNorm"),
    "softmax over examples": (nn.Sequential(nn.Linear(2, 2), nn.Softmax(0)), "over dim 0.*over the features, dim 1"),
    "strides": (nn.Sequential(nn.Conv2d(1, 2, 3, stride=2)), "one cell at a time"),
    "groups": (nn.Sequential(nn.Conv2d(2, 2, 3, groups=2)), "all channels"),
    "oblong kernels": (nn.Sequential(nn.Conv2d(1, 2, (3, 1))), "square"),
    "reflected padding": (nn.Sequential(nn.Conv2d(1, 2, 3, padding=1, padding_mode="reflect")), "zeros here"),
    "overlapping windows": (nn.Sequential(nn.Linear(2, 2), nn.MaxPool2d(3, stride=2)), "side by side"),
    "rounding up": (nn.Sequential(nn.Linear(2, 2), nn.MaxPool2d(2, ceil_mode=True)), "last whole window"),
    "no memory": (nn.Sequential(nn.BatchNorm1d(2, track_running_stats=False)), "remembers a mean"),
    "gru": (nn.GRU(2, 2, batch_first=True), "resets the state after its product"),
    "two directions": (nn.LSTM(2, 2, batch_first=True, bidirectional=True), "reads forwards"),
    "two layers": (nn.LSTM(2, 2, 2, batch_first=True), "one layer, not 2"),
    "steps first": (nn.RNN(2, 2), "batch_first=True"),
    "softplus": (nn.Sequential(nn.Linear(2, 2), nn.Softplus(beta=2)), "beta 2"),
    "nothing": (nn.Sequential(), "this module is empty"),
    "no weights": (nn.Sequential(nn.ReLU()), "say how many features it reads"),
    "size unknown": (nn.Sequential(nn.Flatten(), nn.Linear(4, 2)), r"such as inputs=\(1, 28, 28\)"),
}


@pytest.mark.parametrize(("module", "said"), REFUSED.values(), ids=REFUSED)
def test_refused_by_name(module, said):
    with pytest.raises(ValueError, match=said):
        wk.from_torch(module)


class Own(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(2, 2)


class Sequential(nn.Sequential):
    """And this one does."""

    def forward(self, x):
        return 2 * super().forward(x)


class Linear(nn.Linear):
    """One that is called like PyTorch's, and may do anything."""


def test_other_things_refused():
    hooked = nn.Linear(2, 2)
    hooked.register_forward_hook(lambda module, given, said: said + 1)
    for source, layers, said in (
        (Own(), None, r"this module is Own, .*wk.from_torch\(net.state_dict\(\)"),
        (Linear(2, 2), None, "this module is Linear, which no layer here does"),
        (Sequential(nn.Linear(2, 2)), None, "this module is Sequential, which no layer here does"),
        (hooked, None, "this module, Linear, has hooks"),
        (3, None, "takes a module, a state_dict or the path of one, not int"),
        (nn.Linear(2, 2), [wk.Dense(2)], "give layers with a state_dict only"),
        (nn.Linear(2, 2).state_dict(), None, "a state_dict has weights and no layers"),
        (nn.Linear(2, 2).state_dict(), [wk.Dense(2), wk.Dense(1)], "4 arrays .*and there are 2"),
        (
            nn.Linear(2, 3).state_dict(),
            [wk.Dense(2)],
            r"Z1 wants weight \(2, 2\), bias \(2,\), and '' has weight \(3, 2\)",
        ),
    ):
        with pytest.raises(ValueError, match=said):
            wk.from_torch(source, layers)
    broken = nn.Linear(2, 2)
    with torch.no_grad():
        broken.weight[0, 0] = float("nan")
    with pytest.raises(ValueError, match="W of row Z1 is not all numbers"):
        wk.from_torch(broken)

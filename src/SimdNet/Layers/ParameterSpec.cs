using SimdNet.Memory;

namespace SimdNet.Layers;

/// <summary>A parameter that a layer asks its network for.</summary>
/// <param name="Name">Its name within the layer, as PyTorch has it: <c>weight</c>, <c>bias</c>.</param>
/// <param name="Shape">Its shape, as PyTorch has it.</param>
/// <param name="Initializer">How it begins; if none is given, as suits the activation that comes next.</param>
/// <param name="Role">What it does in the layer.</param>
public sealed record ParameterSpec(
    string Name, Shape Shape, Initializer? Initializer = null, ParameterRole Role = ParameterRole.Weight);

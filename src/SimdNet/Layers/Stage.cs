using SimdNet.Memory;

namespace SimdNet.Layers;

/// <summary>A layer in its place in a network, with what it has taken in of those after it: one step of the walk through the network.</summary>
public sealed class Stage
{
    internal Stage(Layer layer, Shape input, Shape output, IReadOnlyList<Window> parameters, uint key) =>
        (Layer, Input, Output, Parameters, Key) = (layer, input, output, parameters, key);

    /// <summary>The shape of a sample that comes in.</summary>
    public Shape Input { get; }

    /// <summary>The shape of a sample that goes out.</summary>
    public Shape Output { get; }

    /// <summary>Where the layer's parameters, and their gradients, lie in the network's flat buffers: in the order in which it asked.</summary>
    public IReadOnlyList<Window> Parameters { get; }

    /// <summary>The layer.</summary>
    internal Layer Layer { get; }

    /// <summary>The activation that the layer applies to its own output, if any.</summary>
    internal Activation? Activation { get; init; }

    /// <summary>The batch normalisation that, in prediction, is part of the layer's weights, if any.</summary>
    internal Stage? Normalization { get; init; }

    /// <summary>The pooling that, in prediction, the layer applies to its outputs last, if any.</summary>
    internal MaxPool2D? Pooling { get; init; }

    /// <summary>The residual whose other branch, in training, the layer adds to its outputs, and whose activation it then applies, if any.</summary>
    internal Stage? Sum { get; set; }

    /// <summary>Whether such a stage of its first branch makes its outputs.</summary>
    internal bool IsSummed { get; set; }

    /// <summary>Where the layer stands in the network: that with which the names of its parameters begin, such as <c>3.body.0</c>.</summary>
    internal string Path { get; init; } = "";

    /// <summary>A number of the layer's place, the same in training and prediction: part of the key of its random numbers.</summary>
    internal uint Key { get; }

    /// <summary>Whether there is anything to learn in it.</summary>
    internal bool IsTrained => Parameters.Any(parameter => parameter.Role != ParameterRole.Statistic);

    /// <summary>The layer and what comes out of its pass, such as <c>Dense(784 → 128) + ReLU</c>.</summary>
    internal string PassName =>
        $"{this}{(Sum is null ? "" : " + branch")}{((Sum ?? this).Activation is { } activation ? $" + {activation.Kind}" : "")}{(Pooling is null ? "" : $" + {Pooling.Kind}({Pooling.Vertical.Kernel})")}";

    /// <summary>The layer as messages name it, such as <c>Dense(784 → 128)</c>.</summary>
    public override string ToString() => Layer.Describe(Input);
}

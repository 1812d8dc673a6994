using System.Collections.Frozen;
using SimdNet.Data;
using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Training;

namespace SimdNet.Cli;

/// <summary>The networks that <c>train</c> knows by name. A new one has its line in the table.</summary>
internal static class Models
{
    /// <summary>The one that is taken when none is named.</summary>
    public const string Default = "mlp";

    private static readonly FrozenDictionary<string, Func<Dataset, int[], Layer[]>> s_models =
        new Dictionary<string, Func<Dataset, int[], Layer[]>>
        {
            [Default] = Perceptron,
        }.ToFrozenDictionary();

    public static string[] Names => [.. s_models.Keys.Order(StringComparer.Ordinal)];

    /// <summary>A network for the images and classes of a set.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="data">What it is to learn.</param>
    /// <param name="hidden">The units of each hidden dense layer.</param>
    /// <param name="seed">The key of its first parameters.</param>
    public static Network Create(string name, Dataset data, int[] hidden, long seed) =>
        new(ImageShape(data), seed, s_models[name](data, hidden));

    /// <summary>The shape of a set's images.</summary>
    public static Shape ImageShape(Dataset data) => Shape.Image(data.Channels, data.Height, data.Width);

    private static Layer[] Perceptron(Dataset data, int[] hidden) =>
        [new Flatten(), .. hidden.SelectMany(units => new Layer[] { new Dense(units), new ReLU() }), new Dense(data.Classes)];
}

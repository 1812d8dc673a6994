using System.Text.RegularExpressions;

namespace SimdNet.Peers;

/// <summary>A suite whose cases are named by a kind of work and a shape: <c>softmax 1024x64</c>.</summary>
internal abstract partial class ShapeSuite : Suite
{
    private const long MaxValues = 1 << 26;

    /// <summary>The kinds of work, and what the dimensions of each are.</summary>
    protected abstract IReadOnlyDictionary<string, string[]> Kinds { get; }

    public sealed override string? Refuse(string caseName)
    {
        Match match = CaseName().Match(caseName);
        if (!match.Success || !Kinds.TryGetValue(match.Groups["kind"].Value, out string[]? dimensions))
        {
            string kinds = string.Join(", ", Kinds.Keys);
            return $"'{caseName}' is no case of {Name}: expected one of {kinds}, and a shape, as in \"{DefaultCases[0]}\".";
        }

        int[] shape = ShapeOf(match);
        if (shape.Length != dimensions.Length)
        {
            return $"'{caseName}' has {shape.Length} sizes: expected {dimensions.Length}, [{string.Join(", ", dimensions)}].";
        }

        double values = shape.Aggregate(1.0, (product, size) => product * size);
        return values is < 1 or > MaxValues
            ? $"'{caseName}' has {values:G} values: expected 1 to {MaxValues}."
            : RefuseShape(caseName, shape);
    }

    public sealed override Case Create(string caseName, int threads)
    {
        Match match = CaseName().Match(caseName);
        return Create(new(caseName, match.Groups["kind"].Value, ShapeOf(match), threads));
    }

    /// <summary>Makes the data of a case.</summary>
    protected abstract Case Create(ShapeCase asked);

    /// <summary>What is wrong with a shape of the right number of dimensions, or nothing.</summary>
    protected virtual string? RefuseShape(string caseName, int[] shape) => null;

    private static int[] ShapeOf(Match match) =>
        [.. match.Groups["size"].Captures.Select(size => int.TryParse(size.Value, out int value) ? value : int.MaxValue)];

    [GeneratedRegex(@"^(?<kind>[a-z]+(-[a-z]+)*) (?<size>\d+)(x(?<size>\d+))*$", RegexOptions.CultureInvariant | RegexOptions.ECMAScript)]
    private static partial Regex CaseName();

    /// <summary>What was asked for.</summary>
    protected readonly record struct ShapeCase(string Name, string Kind, int[] Shape, int Threads)
    {
        /// <summary>The product of the sizes.</summary>
        public int Length => Shape.Aggregate(1, (product, size) => product * size);

        /// <summary>The shape as libtorch has it.</summary>
        public long[] LongShape => [.. Shape.Select(size => (long)size)];
    }
}

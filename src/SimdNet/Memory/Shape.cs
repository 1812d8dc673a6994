using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace SimdNet.Memory;

/// <summary>The shape of one sample, or of one parameter: 1 to 4 dimensions, each 1 or more; the batch is not among them.</summary>
public readonly struct Shape : IEquatable<Shape>
{
    /// <summary>The most dimensions.</summary>
    public const int MaxRank = 4;

    private readonly Dimensions _dimensions;

    /// <summary>A shape of the given dimensions, outermost first.</summary>
    /// <param name="dimensions">1 to 4 dimensions.</param>
    /// <exception cref="ArgumentException">
    /// There are none or more than 4, one is below 1, or their product is beyond <see cref="int.MaxValue"/>.
    /// </exception>
    public Shape(params ReadOnlySpan<int> dimensions)
    {
        Guard.InRange(dimensions.Length, 1, MaxRank, nameof(Rank));
        long length = 1;
        foreach (int dimension in dimensions)
        {
            Guard.Positive(dimension, nameof(dimensions));
            length *= dimension;
            if (length > int.MaxValue)
            {
                Throw.ProductTooLarge(nameof(dimensions), dimensions);
            }
        }

        dimensions.CopyTo(_dimensions);
        Rank = dimensions.Length;
        Length = (int)length;
    }

    /// <summary>The number of dimensions; 0 only for the default value, which is no shape.</summary>
    public int Rank { get; }

    /// <summary>The number of values: the product of the dimensions.</summary>
    public int Length { get; }

    /// <summary>A dimension, the outermost being number 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such dimension.</exception>
    public int this[int axis]
    {
        get
        {
            Guard.InRange(axis, 0, Rank - 1, nameof(axis));
            return _dimensions[axis];
        }
    }

    /// <summary>A plain vector.</summary>
    public static Shape Vector(int length) => new(length);

    /// <summary>An image, or feature maps: [channels, height, width].</summary>
    public static Shape Image(int channels, int height, int width) => new(channels, height, width);

    /// <summary>A sample of one dimension is asked for.</summary>
    internal void RequireVector(string name)
    {
        if (Rank != 1)
        {
            Throw.NotVector(name, ToString());
        }
    }

    /// <summary>A sample of channels, height and width is asked for.</summary>
    internal void RequireImage(string name)
    {
        if (Rank != 3)
        {
            Throw.NotImage(name, ToString());
        }
    }

    /// <summary>The dimensions, outermost first.</summary>
    public int[] ToArray() => ((ReadOnlySpan<int>)_dimensions)[..Rank].ToArray();

    /// <inheritdoc/>
    public bool Equals(Shape other) => Rank == other.Rank && ((ReadOnlySpan<int>)_dimensions).SequenceEqual(other._dimensions);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_dimensions[0], _dimensions[1], _dimensions[2], _dimensions[3]);

    /// <summary>Such as <c>784</c> or <c>1 × 28 × 28</c>.</summary>
    public override string ToString() => string.Join(" × ", ToArray());

    /// <summary>Whether two shapes have the same dimensions.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Whether two shapes differ.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    [InlineArray(MaxRank)]
    private struct Dimensions
    {
        private int _first;
    }
}

using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace SimdNet;

/// <summary>The checks at the door of every public method: tested inline, worded in <see cref="Throw"/>.</summary>
internal static class Guard
{
    /// <summary>Lengths must be exactly equal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Length(int actual, long expected, string name)
    {
        if (actual != expected)
        {
            Throw.Length(name, actual, expected);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void NotNegative(long value, string name)
    {
        if (value < 0)
        {
            Throw.Negative(name, value);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Positive(long value, string name)
    {
        if (value <= 0)
        {
            Throw.NotPositive(name, value);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void InRange(int value, int lowest, int highest, string name)
    {
        if (value < lowest || value > highest)
        {
            Throw.OutOfRange(name, value, lowest, highest);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AtMost(long value, long most, string name)
    {
        if (value > most)
        {
            Throw.TooLarge(name, value, most);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Divides(int divisor, int value, string name)
    {
        if (value % divisor != 0)
        {
            Throw.NotDivided(name, value, divisor);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Positive(float value, string name)
    {
        if (!(value > 0 && float.IsFinite(value)))
        {
            Throw.NotPositive(name, value);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void NotNegative(float value, string name)
    {
        if (!(value >= 0 && float.IsFinite(value)))
        {
            Throw.Negative(name, value);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void NotNegative(double value, string name)
    {
        if (!(value >= 0 && double.IsFinite(value)))
        {
            Throw.Negative(name, value);
        }
    }

    /// <summary>At least 0 and less than 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fraction(float value, string name)
    {
        if (!(value >= 0 && value < 1))
        {
            Throw.NotFraction(name, value);
        }
    }

    /// <summary>No farther from 0 than <paramref name="most"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Within(double value, double most, string name)
    {
        if (!(Math.Abs(value) <= most))
        {
            Throw.NotWithin(name, value, most);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiple(int length, long of, string name)
    {
        if (length % of != 0)
        {
            Throw.NotMultiple(name, length, of);
        }
    }

    /// <summary>Every index is 0 or more.</summary>
    public static void NoneNegative(ReadOnlySpan<int> values, string name)
    {
        int index = values.IndexOfAnyExceptInRange(0, int.MaxValue);
        if (index >= 0)
        {
            Throw.Negative($"{name}[{index}]", values[index]);
        }
    }

    /// <summary>The destination may start where the source starts (in place) or lie apart from it; nothing else.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SameOrApart(ReadOnlySpan<float> source, ReadOnlySpan<float> destination, string sourceName, string destinationName)
    {
        if (source.Overlaps(destination, out int offset) && offset != 0)
        {
            Throw.Overlap(sourceName, destinationName, offset);
        }
    }

    /// <summary>A matrix of rows of <paramref name="columns"/> values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WholeRows(int length, int columns, string name)
    {
        Positive(columns, nameof(columns));
        if (length % columns != 0)
        {
            Throw.NotWholeRows(name, length, columns);
        }
    }

    /// <summary>At least 0 and at most 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Share(float value, string name)
    {
        if (!(value >= 0 && value <= 1))
        {
            Throw.NotShare(name, value);
        }
    }

    /// <summary>A variance needs 2 values or more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SeveralPerChannel(long batch, int area, object layer)
    {
        if (batch * area < 2)
        {
            Throw.OnePerChannel(layer, batch, area);
        }
    }

    /// <summary>A dense matrix fills its data.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Matrix(int length, int rows, int columns, string name)
    {
        if ((long)rows * columns != length)
        {
            Throw.Matrix(name, length, rows, columns);
        }
    }

    /// <summary>No value may be in both.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apart(ReadOnlySpan<float> source, ReadOnlySpan<float> destination, string sourceName, string destinationName)
    {
        if (source.Overlaps(destination, out int offset))
        {
            Throw.NotApart(sourceName, destinationName, offset);
        }
    }

    /// <summary>What is written may have no value in common with any of these.</summary>
    public static void ApartFromAll(
        ReadOnlySpan<float> result, string name,
        ReadOnlySpan<float> a, ReadOnlySpan<float> b,
        ReadOnlySpan<float> c = default, ReadOnlySpan<float> d = default, ReadOnlySpan<float> e = default, ReadOnlySpan<float> f = default,
        [CallerArgumentExpression(nameof(a))] string aName = "", [CallerArgumentExpression(nameof(b))] string bName = "",
        [CallerArgumentExpression(nameof(c))] string cName = "", [CallerArgumentExpression(nameof(d))] string dName = "",
        [CallerArgumentExpression(nameof(e))] string eName = "", [CallerArgumentExpression(nameof(f))] string fName = "")
    {
        Apart(a, result, aName, name);
        Apart(b, result, bName, name);
        Apart(c, result, cName, name);
        Apart(d, result, dName, name);
        Apart(e, result, eName, name);
        Apart(f, result, fName, name);
    }

    /// <summary>Every element of a strided matrix must lie inside its data; gives the length from its first to just after its last.</summary>
    public static int Matrix(int length, int rows, int columns, int rowStride, int columnStride, string name)
    {
        NotNegative(rows, nameof(rows));
        NotNegative(columns, nameof(columns));
        NotNegative(rowStride, nameof(rowStride));
        NotNegative(columnStride, nameof(columnStride));
        long extent = rows == 0 || columns == 0 ? 0 : ((rows - 1L) * rowStride) + ((columns - 1L) * columnStride) + 1;
        if (extent > length)
        {
            Throw.MatrixBeyondData(name, rows, columns, rowStride, columnStride, extent, length);
        }

        return (int)extent;
    }

    /// <summary>
    /// No two elements of a matrix that is written may share a place. One stride must step over the whole extent of the other axis:
    /// what every matrix, transpose and window of one does.
    /// </summary>
    public static void Distinct(int rows, int columns, int rowStride, int columnStride, string name)
    {
        bool rowsStepOver = rows <= 1 || rowStride > (columns - 1L) * columnStride;
        bool columnsStepOver = columns <= 1 || columnStride > (rows - 1L) * rowStride;
        bool distinct = (rowsStepOver && (columns <= 1 || columnStride > 0)) || (columnsStepOver && (rows <= 1 || rowStride > 0));
        if (!distinct && rows > 0 && columns > 0)
        {
            Throw.SharedPlaces(name, rows, columns, rowStride, columnStride);
        }
    }

    /// <summary>Every label names one of the classes.</summary>
    public static void Labels(ReadOnlySpan<int> labels, int classes, string name)
    {
        int index = labels.IndexOfAnyExceptInRange(0, classes - 1);
        if (index >= 0)
        {
            Throw.Label(name, index, labels[index], classes);
        }
    }

    /// <summary>Every label names one of two classes: -1 or 0 the one, 1 the other.</summary>
    public static void SignLabels(ReadOnlySpan<int> labels, string name)
    {
        int index = labels.IndexOfAnyExceptInRange(-1, 1);
        if (index >= 0)
        {
            Throw.SignLabel(name, index, labels[index]);
        }
    }

    /// <summary>Every value is -1 or 1.</summary>
    public static void Signs(ReadOnlySpan<float> values, string name)
    {
        bool signs = values.IsEmpty
            || (Math.Abs(TensorPrimitives.MinMagnitude(values)) == 1 && Math.Abs(TensorPrimitives.MaxMagnitude(values)) == 1);
        if (!signs)
        {
            int index = values.IndexOfAnyExcept(-1f, 1f);
            Throw.Sign(name, index, values[index]);
        }
    }

    /// <summary>Every value lies from one number to another; NaN lies nowhere.</summary>
    public static void Within(ReadOnlySpan<float> values, float lowest, float highest, string name)
    {
        if (!values.IsEmpty && !(TensorPrimitives.Min(values) >= lowest && TensorPrimitives.Max(values) <= highest))
        {
            int index = 0;
            for (; values[index] >= lowest && values[index] <= highest; index++)
            {
            }

            Throw.Outside(name, index, values[index], lowest, highest);
        }
    }

    /// <summary>None, or as many as there are things to weigh: each finite and 0 or more, and so their sum, which is above 0.</summary>
    public static void Weights(ReadOnlySpan<float> weights, int count, string name)
    {
        if (!weights.IsEmpty)
        {
            Length(weights.Length, count, name);
            Within(weights, 0, float.MaxValue, name);
            float sum = TensorPrimitives.Sum(weights);
            if (!(sum > 0 && float.IsFinite(sum)))
            {
                Throw.WeightSum(name, sum);
            }
        }
    }

    /// <summary>As many samples of inputs as there are labels; the product of a sample's dimensions may be anything.</summary>
    public static void SampleCount(int length, int samples, Int128 features, string name)
    {
        if (length != samples * features)
        {
            Throw.SampleCount(name, length, samples, features);
        }
    }

    /// <summary>Inputs of as many samples as are said; the <paramref name="layer"/> that takes them names itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PerSample(int length, int samples, int expected, object layer, string name)
    {
        if (length != (long)samples * expected)
        {
            Throw.PerSample(layer, name, length, samples, expected);
        }
    }

    /// <summary>Inputs of 1 to <paramref name="most"/> whole samples; gives their number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int WholeSamples(int length, int most, int expected, object layer, string name)
    {
        int samples = length / expected;
        if (samples < 1 || samples > most || samples * expected != length)
        {
            Throw.NotWholeSamples(layer, name, length, most, expected);
        }

        return samples;
    }
}

using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace SimdNet;

/// <content>What a network is trained with: samples, labels, targets, weights.</content>
internal static partial class Guard
{
    /// <summary>A variance needs 2 values or more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SeveralPerChannel(long batch, int area, object layer)
    {
        if (batch * area < 2)
        {
            Throw.OnePerChannel(layer, batch, area);
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

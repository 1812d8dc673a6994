using System.Runtime.CompilerServices;

namespace SimdNet.Simd;

/// <content>A sum over pairs, in the order of <see cref="Fold{TFold}(TFold, ReadOnlySpan{float})"/>.</content>
public static unsafe partial class Loops
{
    /// <summary><c>Σ op(x[i], y[i])</c>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static float SumOver<TOperator, TSimd>(TOperator op, float* x, float* y, int length)
        where TOperator : struct, IBinaryOperator
        where TSimd : struct, ISimd<TSimd> => TSimd.Count switch
        {
            16 => Twice<TSimd>.Reduce(default(Sum), LanesOver<TOperator, Twice<TSimd>>(op, x, y, length)),
            8 => Twice<Twice<TSimd>>.Reduce(default(Sum), LanesOver<TOperator, Twice<Twice<TSimd>>>(op, x, y, length)),
            4 => Twice<Twice<Twice<TSimd>>>.Reduce(default(Sum), LanesOver<TOperator, Twice<Twice<Twice<TSimd>>>>(op, x, y, length)),
            _ => throw new PlatformNotSupportedException($"A vector of {TSimd.Count} floats: expected 4, 8 or 16."),
        };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes LanesOver<TOperator, TLanes>(TOperator op, float* x, float* y, int length)
        where TOperator : struct, IBinaryOperator
        where TLanes : struct, ISimd<TLanes>
    {
        TLanes lanes = TLanes.Zero;
        int i = 0;
        for (; i <= length - TLanes.Count; i += TLanes.Count)
        {
            lanes += op.Invoke(TLanes.Load(x + i), TLanes.Load(y + i));
        }

        int rest = length - i;
        TLanes last = op.Invoke(TLanes.LoadPartial(x + i, rest), TLanes.LoadPartial(y + i, rest));
        return lanes + TLanes.Select(TLanes.FirstLanes(rest), last, TLanes.Zero);
    }
}

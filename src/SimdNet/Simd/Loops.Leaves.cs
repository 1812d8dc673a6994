using System.Runtime.CompilerServices;

namespace SimdNet.Simd;

/// <remarks>
/// Legal pointers: a public method pins spans of one length and hands their starts to a leaf, which touches [start, start + length) and
/// nothing else. A leaf is never inlined: only in a method of its own does a loop keep an operator's constants in registers. Four vectors
/// at a time gave <see cref="Exp"/> 6.9 instead of 6.4 G elements/s, but a formula as long as <see cref="Log"/> then exceeds what the
/// JIT is ready to inline, and falls from 3.3 to 0.3.
/// </remarks>
public static unsafe partial class Loops
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Map<TOperator, TSimd>(TOperator op, float* x, float* destination, int length)
        where TOperator : struct, IUnaryOperator
        where TSimd : struct, ISimd<TSimd>
    {
        int i = 0;
        for (; i <= length - Twice<TSimd>.Count; i += Twice<TSimd>.Count)
        {
            op.Invoke(Twice<TSimd>.Load(x + i)).Store(destination + i);
        }

        for (; i <= length - TSimd.Count; i += TSimd.Count)
        {
            op.Invoke(TSimd.Load(x + i)).Store(destination + i);
        }

        if (i < length)
        {
            op.Invoke(TSimd.LoadPartial(x + i, length - i)).StorePartial(destination + i, length - i);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Zip<TOperator, TSimd>(TOperator op, float* x, float* y, float* destination, int length)
        where TOperator : struct, IBinaryOperator
        where TSimd : struct, ISimd<TSimd>
    {
        int i = 0;
        for (; i <= length - Twice<TSimd>.Count; i += Twice<TSimd>.Count)
        {
            op.Invoke(Twice<TSimd>.Load(x + i), Twice<TSimd>.Load(y + i)).Store(destination + i);
        }

        for (; i <= length - TSimd.Count; i += TSimd.Count)
        {
            op.Invoke(TSimd.Load(x + i), TSimd.Load(y + i)).Store(destination + i);
        }

        if (i < length)
        {
            int rest = length - i;
            op.Invoke(TSimd.LoadPartial(x + i, rest), TSimd.LoadPartial(y + i, rest)).StorePartial(destination + i, rest);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Zip3<TOperator, TSimd>(TOperator op, float* x, float* y, float* z, float* destination, int length)
        where TOperator : struct, ITernaryOperator
        where TSimd : struct, ISimd<TSimd>
    {
        int i = 0;
        for (; i <= length - Twice<TSimd>.Count; i += Twice<TSimd>.Count)
        {
            op.Invoke(Twice<TSimd>.Load(x + i), Twice<TSimd>.Load(y + i), Twice<TSimd>.Load(z + i)).Store(destination + i);
        }

        for (; i <= length - TSimd.Count; i += TSimd.Count)
        {
            op.Invoke(TSimd.Load(x + i), TSimd.Load(y + i), TSimd.Load(z + i)).Store(destination + i);
        }

        if (i < length)
        {
            int rest = length - i;
            op.Invoke(TSimd.LoadPartial(x + i, rest), TSimd.LoadPartial(y + i, rest), TSimd.LoadPartial(z + i, rest))
                .StorePartial(destination + i, rest);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static float Fold<TFold, TSimd>(TFold fold, float* x, int length)
        where TFold : struct, IFold
        where TSimd : struct, ISimd<TSimd> => TSimd.Count switch
        {
            16 => Tree(fold, Halve(fold, Lanes<TFold, Twice<TSimd>>(fold, x, length))),
            8 => Tree(fold, Halve(fold, Halve(fold, Lanes<TFold, Twice<Twice<TSimd>>>(fold, x, length)))),
            4 => Tree(fold, Halve(fold, Halve(fold, Halve(fold, Lanes<TFold, Twice<Twice<Twice<TSimd>>>>(fold, x, length))))),
            _ => throw new PlatformNotSupportedException($"A vector of {TSimd.Count} floats: expected 4, 8 or 16."),
        };

    /// <summary>The 32 virtual lanes. In the partial vector the lanes past the end stay as they are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Lanes<TFold, TLanes>(TFold fold, float* x, int length)
        where TFold : struct, IFold
        where TLanes : struct, ISimd<TLanes>
    {
        TLanes lanes = TLanes.Broadcast(fold.Identity);
        int i = 0;
        for (; i <= length - TLanes.Count; i += TLanes.Count)
        {
            lanes = fold.Combine(lanes, TLanes.Load(x + i));
        }

        int rest = length - i;
        return rest == 0 ? lanes : TLanes.Select(TLanes.FirstLanes(rest), fold.Combine(lanes, TLanes.LoadPartial(x + i, rest)), lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static THalf Halve<TFold, THalf>(TFold fold, Twice<THalf> lanes)
        where TFold : struct, IFold
        where THalf : struct, ISimd<THalf> => fold.Merge(lanes.Low, lanes.High);

    /// <summary>The lanes as one: lane i takes lane i + half, for half = Count/2 ... 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Tree<TFold, TSimd>(TFold fold, TSimd lanes)
        where TFold : struct, IFold
        where TSimd : struct, ISimd<TSimd>
    {
        for (int half = TSimd.Count / 2; half > 0; half /= 2)
        {
            lanes = fold.Merge(lanes, TSimd.Rotate(lanes, half));
        }

        return TSimd.ToScalar(lanes);
    }
}

using System.Runtime.CompilerServices;

namespace SimdNet.Simd;

/// <remarks>
/// Legal pointers: a public method pins spans of one length and hands their starts to a leaf, which touches [start, start + length) and
/// nothing else. A leaf is never inlined: only in a method of its own does a loop keep an operator's constants in registers. Pairs and
/// their rest are leaves apart, because the JIT inlines so much and no more into a method: with the formula there four times instead of
/// twice, those of softplus and of GELU's backward form fell apart into calls. Four vectors at a time, with <see cref="Log"/>, did too.
/// </remarks>
public static unsafe partial class Loops
{
    internal static void Map<TOperator, TSimd>(TOperator op, float* x, float* destination, int length)
        where TOperator : struct, IUnaryOperator
        where TSimd : struct, ISimd<TSimd>
    {
        int pairs = length - (length % Twice<TSimd>.Count);
        if (pairs > 0)
        {
            MapPairs<TOperator, TSimd>(op, x, destination, pairs);
        }

        if (pairs < length)
        {
            MapRest<TOperator, TSimd>(op, x + pairs, destination + pairs, length - pairs);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MapPairs<TOperator, TSimd>(TOperator op, float* x, float* destination, int length)
        where TOperator : struct, IUnaryOperator
        where TSimd : struct, ISimd<TSimd>
    {
        for (int i = 0; i < length; i += Twice<TSimd>.Count)
        {
            op.Invoke(Twice<TSimd>.Load(x + i)).Store(destination + i);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MapRest<TOperator, TSimd>(TOperator op, float* x, float* destination, int length)
        where TOperator : struct, IUnaryOperator
        where TSimd : struct, ISimd<TSimd>
    {
        int i = 0;
        if (length >= TSimd.Count)
        {
            op.Invoke(TSimd.Load(x + i)).Store(destination + i);
            i = TSimd.Count;
        }

        if (i < length)
        {
            int rest = length - i;
            op.Invoke(TSimd.LoadPartial(x + i, rest)).StorePartial(destination + i, rest);
        }
    }

    internal static void Zip<TOperator, TSimd>(TOperator op, float* x, float* y, float* destination, int length)
        where TOperator : struct, IBinaryOperator
        where TSimd : struct, ISimd<TSimd>
    {
        int pairs = length - (length % Twice<TSimd>.Count);
        if (pairs > 0)
        {
            ZipPairs<TOperator, TSimd>(op, x, y, destination, pairs);
        }

        if (pairs < length)
        {
            ZipRest<TOperator, TSimd>(op, x + pairs, y + pairs, destination + pairs, length - pairs);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ZipPairs<TOperator, TSimd>(TOperator op, float* x, float* y, float* destination, int length)
        where TOperator : struct, IBinaryOperator
        where TSimd : struct, ISimd<TSimd>
    {
        for (int i = 0; i < length; i += Twice<TSimd>.Count)
        {
            op.Invoke(Twice<TSimd>.Load(x + i), Twice<TSimd>.Load(y + i)).Store(destination + i);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ZipRest<TOperator, TSimd>(TOperator op, float* x, float* y, float* destination, int length)
        where TOperator : struct, IBinaryOperator
        where TSimd : struct, ISimd<TSimd>
    {
        int i = 0;
        if (length >= TSimd.Count)
        {
            op.Invoke(TSimd.Load(x + i), TSimd.Load(y + i)).Store(destination + i);
            i = TSimd.Count;
        }

        if (i < length)
        {
            int rest = length - i;
            op.Invoke(TSimd.LoadPartial(x + i, rest), TSimd.LoadPartial(y + i, rest)).StorePartial(destination + i, rest);
        }
    }

    internal static void Zip3<TOperator, TSimd>(TOperator op, float* x, float* y, float* z, float* destination, int length)
        where TOperator : struct, ITernaryOperator
        where TSimd : struct, ISimd<TSimd>
    {
        int pairs = length - (length % Twice<TSimd>.Count);
        if (pairs > 0)
        {
            Zip3Pairs<TOperator, TSimd>(op, x, y, z, destination, pairs);
        }

        if (pairs < length)
        {
            Zip3Rest<TOperator, TSimd>(op, x + pairs, y + pairs, z + pairs, destination + pairs, length - pairs);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Zip3Pairs<TOperator, TSimd>(TOperator op, float* x, float* y, float* z, float* destination, int length)
        where TOperator : struct, ITernaryOperator
        where TSimd : struct, ISimd<TSimd>
    {
        for (int i = 0; i < length; i += Twice<TSimd>.Count)
        {
            op.Invoke(Twice<TSimd>.Load(x + i), Twice<TSimd>.Load(y + i), Twice<TSimd>.Load(z + i)).Store(destination + i);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Zip3Rest<TOperator, TSimd>(TOperator op, float* x, float* y, float* z, float* destination, int length)
        where TOperator : struct, ITernaryOperator
        where TSimd : struct, ISimd<TSimd>
    {
        int i = 0;
        if (length >= TSimd.Count)
        {
            op.Invoke(TSimd.Load(x + i), TSimd.Load(y + i), TSimd.Load(z + i)).Store(destination + i);
            i = TSimd.Count;
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
            16 => Twice<TSimd>.Reduce(fold, Lanes<TFold, Twice<TSimd>>(fold, x, length)),
            8 => Twice<Twice<TSimd>>.Reduce(fold, Lanes<TFold, Twice<Twice<TSimd>>>(fold, x, length)),
            4 => Twice<Twice<Twice<TSimd>>>.Reduce(fold, Lanes<TFold, Twice<Twice<Twice<TSimd>>>>(fold, x, length)),
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

    /// <summary>The tree of one vector: <see cref="ISimd{TSelf}.Reduce"/> where rotation is all there is.</summary>
    /// <remarks>Step by step: a loop of three or four steps was five times the instructions, which a short row of softmax feels.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Tree<TFold, TSimd>(TFold fold, TSimd lanes)
        where TFold : struct, IFold
        where TSimd : struct, ISimd<TSimd>
    {
        if (TSimd.Count > 8)
        {
            lanes = fold.Merge(lanes, TSimd.Rotate(lanes, 8));
        }

        if (TSimd.Count > 4)
        {
            lanes = fold.Merge(lanes, TSimd.Rotate(lanes, 4));
        }

        lanes = fold.Merge(lanes, TSimd.Rotate(lanes, 2));
        return TSimd.ToScalar(fold.Merge(lanes, TSimd.Rotate(lanes, 1)));
    }
}

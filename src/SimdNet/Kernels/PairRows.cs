using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <summary>The rows of a <see cref="LineTile"/>, put on top of each other as <see cref="ITileRows{TVector}"/> are.</summary>
internal unsafe interface IPairRows<TSimd>
    where TSimd : struct, ISimd<TSimd>
{
    static abstract int Count { get; }

    /// <summary>One step of k: each row adds its value of A times two vectors.</summary>
    void Accumulate(float* a, nint aRowStride, TSimd first, TSimd second);

    /// <summary>Stores each row, with its bias.</summary>
    void Finish<TFinish>(float* bias, TFinish finish, float* c, nint cRowStride, LinePlace* pair)
        where TFinish : struct, ILineFinish;
}

/// <summary>Two vectors of one channel.</summary>
internal unsafe struct PairRow<TSimd> : IPairRows<TSimd>
    where TSimd : struct, ISimd<TSimd>
{
#pragma warning disable CS0649 // sums start at zero
    private TSimd _first, _second;
#pragma warning restore CS0649

    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Accumulate(float* a, nint aRowStride, TSimd first, TSimd second)
    {
        TSimd weight = TSimd.Broadcast(*a);
        _first.Accumulate(weight, first);
        _second.Accumulate(weight, second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Finish<TFinish>(float* bias, TFinish finish, float* c, nint cRowStride, LinePlace* pair)
        where TFinish : struct, ILineFinish
    {
        TSimd addend = TSimd.Broadcast(*bias);
        finish.Store(_first, addend, c + pair[0].To, pair[0].Repeated);
        finish.Store(_second, addend, c + pair[1].To, pair[1].Repeated);
    }
}

/// <summary>Rows on top of rows.</summary>
internal unsafe struct PairStack<TUpper, TLower, TSimd> : IPairRows<TSimd>
    where TSimd : struct, ISimd<TSimd>
    where TUpper : struct, IPairRows<TSimd>
    where TLower : struct, IPairRows<TSimd>
{
#pragma warning disable CS0649 // sums start at zero
    private TUpper _upper;
    private TLower _lower;
#pragma warning restore CS0649

    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TUpper.Count + TLower.Count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Accumulate(float* a, nint aRowStride, TSimd first, TSimd second)
    {
        _upper.Accumulate(a, aRowStride, first, second);
        _lower.Accumulate(a + (TUpper.Count * aRowStride), aRowStride, first, second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Finish<TFinish>(float* bias, TFinish finish, float* c, nint cRowStride, LinePlace* pair)
        where TFinish : struct, ILineFinish
    {
        _upper.Finish(bias, finish, c, cRowStride, pair);
        _lower.Finish(bias + TUpper.Count, finish, c + (TUpper.Count * cRowStride), cRowStride, pair);
    }
}

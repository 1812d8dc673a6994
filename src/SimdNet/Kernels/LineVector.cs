using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <summary>How a vector is read.</summary>
internal unsafe interface ILineVector<TSelf, TSimd>
    where TSelf : struct, ILineVector<TSelf, TSimd>
    where TSimd : struct, ISimd<TSimd>
{
    static abstract TSelf At(float* b, ref readonly LinePlace place);

    TSimd Load(nint offset);
}

/// <summary>Outputs of one line.</summary>
internal readonly unsafe struct LineVector<TSimd>(float* first) : ILineVector<LineVector<TSimd>, TSimd>
    where TSimd : struct, ISimd<TSimd>
{
    private readonly float* _first = first;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LineVector<TSimd> At(float* b, ref readonly LinePlace place) => new(b + place.First);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Load(nint offset) => TSimd.Load(_first + offset);
}

/// <summary>Outputs of two lines, one after the other.</summary>
internal readonly unsafe struct SeamVector<TSimd>(float* first, float* second, TSimd split) : ILineVector<SeamVector<TSimd>, TSimd>
    where TSimd : struct, ISimd<TSimd>
{
    private readonly float* _first = first, _second = second;
    private readonly TSimd _split = split;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SeamVector<TSimd> At(float* b, ref readonly LinePlace place) =>
        new(b + place.First, b + place.Second, TSimd.FirstLanes(place.Split));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Load(nint offset) => TSimd.Select(_split, TSimd.Load(_first + offset), TSimd.Load(_second + offset));
}

using System.Runtime.CompilerServices;

namespace SimdNet.Simd;

/// <summary>
/// Two vectors as one of twice the lanes, and so on: <c>Twice&lt;Twice&lt;Simd256&gt;&gt;</c> is a vector of 32 lanes. It is how a kernel
/// unrolls (a tile row of several registers) and how a reduction keeps the same number of virtual lanes at every width.
/// </summary>
/// <typeparam name="THalf">The vector that is doubled.</typeparam>
internal unsafe struct Twice<THalf> : ISimd<Twice<THalf>>
    where THalf : struct, ISimd<THalf>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    internal THalf Low, High;

    [MethodImpl(Inline)]
    internal Twice(THalf low, THalf high)
    {
        Low = low;
        High = high;
    }

    public static int Count
    {
        [MethodImpl(Inline)]
        get => 2 * THalf.Count;
    }

    public static int RegisterCount
    {
        [MethodImpl(Inline)]
        get => THalf.RegisterCount;
    }

    public static bool IsSupported
    {
        [MethodImpl(Inline)]
        get => THalf.IsSupported;
    }

    public static Twice<THalf> Zero
    {
        [MethodImpl(Inline)]
        get => default;
    }

    [MethodImpl(Inline)]
    public static Twice<THalf> Broadcast(float value)
    {
        THalf half = THalf.Broadcast(value);
        return new(half, half);
    }

    [MethodImpl(Inline)]
    public static Twice<THalf> BroadcastBits(uint bits)
    {
        THalf half = THalf.BroadcastBits(bits);
        return new(half, half);
    }

    public static Twice<THalf> IndicesBits
    {
        [MethodImpl(Inline)]
        get => new(THalf.IndicesBits, THalf.AddBits(THalf.IndicesBits, THalf.BroadcastBits((uint)THalf.Count)));
    }

    [MethodImpl(Inline)]
    public static Twice<THalf> FirstLanes(int count) => new(THalf.FirstLanes(count), THalf.FirstLanes(count - THalf.Count));

    [MethodImpl(Inline)]
    public static Twice<THalf> Load(float* source) => new(THalf.Load(source), THalf.Load(source + THalf.Count));

    [MethodImpl(Inline)]
    public static Twice<THalf> LoadPartial(float* source, int count) =>
        new(THalf.LoadPartial(source, count), THalf.LoadPartial(source + THalf.Count, count - THalf.Count));

    [MethodImpl(Inline)]
    public static Twice<THalf> Gather(float* source, Twice<THalf> indicesBits) =>
        new(THalf.Gather(source, indicesBits.Low), THalf.Gather(source, indicesBits.High));

    [MethodImpl(Inline)]
    public readonly void Store(float* destination)
    {
        Low.Store(destination);
        High.Store(destination + THalf.Count);
    }

    [MethodImpl(Inline)]
    public readonly void StorePartial(float* destination, int count)
    {
        Low.StorePartial(destination, count);
        High.StorePartial(destination + THalf.Count, count - THalf.Count);
    }

    [MethodImpl(Inline)]
    public void Accumulate(Twice<THalf> a, Twice<THalf> b)
    {
        Low.Accumulate(a.Low, b.Low);
        High.Accumulate(a.High, b.High);
    }

    [MethodImpl(Inline)]
    public static Twice<THalf> FusedMultiplyAdd(Twice<THalf> a, Twice<THalf> b, Twice<THalf> c) =>
        new(THalf.FusedMultiplyAdd(a.Low, b.Low, c.Low), THalf.FusedMultiplyAdd(a.High, b.High, c.High));

    [MethodImpl(Inline)]
    public static Twice<THalf> operator +(Twice<THalf> a, Twice<THalf> b) => new(a.Low + b.Low, a.High + b.High);

    [MethodImpl(Inline)]
    public static Twice<THalf> operator -(Twice<THalf> a, Twice<THalf> b) => new(a.Low - b.Low, a.High - b.High);

    [MethodImpl(Inline)]
    public static Twice<THalf> operator *(Twice<THalf> a, Twice<THalf> b) => new(a.Low * b.Low, a.High * b.High);

    [MethodImpl(Inline)]
    public static Twice<THalf> operator /(Twice<THalf> a, Twice<THalf> b) => new(a.Low / b.Low, a.High / b.High);

    [MethodImpl(Inline)]
    public static Twice<THalf> operator &(Twice<THalf> a, Twice<THalf> b) => new(a.Low & b.Low, a.High & b.High);

    [MethodImpl(Inline)]
    public static Twice<THalf> operator |(Twice<THalf> a, Twice<THalf> b) => new(a.Low | b.Low, a.High | b.High);

    [MethodImpl(Inline)]
    public static Twice<THalf> operator ^(Twice<THalf> a, Twice<THalf> b) => new(a.Low ^ b.Low, a.High ^ b.High);

    [MethodImpl(Inline)]
    public static Twice<THalf> Min(Twice<THalf> a, Twice<THalf> b) => new(THalf.Min(a.Low, b.Low), THalf.Min(a.High, b.High));

    [MethodImpl(Inline)]
    public static Twice<THalf> Max(Twice<THalf> a, Twice<THalf> b) => new(THalf.Max(a.Low, b.Low), THalf.Max(a.High, b.High));

    [MethodImpl(Inline)]
    public static Twice<THalf> Lesser(Twice<THalf> a, Twice<THalf> b) => new(THalf.Lesser(a.Low, b.Low), THalf.Lesser(a.High, b.High));

    [MethodImpl(Inline)]
    public static Twice<THalf> Greater(Twice<THalf> a, Twice<THalf> b) => new(THalf.Greater(a.Low, b.Low), THalf.Greater(a.High, b.High));

    [MethodImpl(Inline)]
    public static Twice<THalf> Abs(Twice<THalf> a) => new(THalf.Abs(a.Low), THalf.Abs(a.High));

    [MethodImpl(Inline)]
    public static Twice<THalf> Sqrt(Twice<THalf> a) => new(THalf.Sqrt(a.Low), THalf.Sqrt(a.High));

    [MethodImpl(Inline)]
    public static Twice<THalf> Round(Twice<THalf> a) => new(THalf.Round(a.Low), THalf.Round(a.High));

    [MethodImpl(Inline)]
    public static Twice<THalf> Scale(Twice<THalf> a, Twice<THalf> n) => new(THalf.Scale(a.Low, n.Low), THalf.Scale(a.High, n.High));

    [MethodImpl(Inline)]
    public static Twice<THalf> Equal(Twice<THalf> a, Twice<THalf> b) => new(THalf.Equal(a.Low, b.Low), THalf.Equal(a.High, b.High));

    [MethodImpl(Inline)]
    public static Twice<THalf> LessThan(Twice<THalf> a, Twice<THalf> b) =>
        new(THalf.LessThan(a.Low, b.Low), THalf.LessThan(a.High, b.High));

    [MethodImpl(Inline)]
    public static Twice<THalf> LessThanOrEqual(Twice<THalf> a, Twice<THalf> b) =>
        new(THalf.LessThanOrEqual(a.Low, b.Low), THalf.LessThanOrEqual(a.High, b.High));

    [MethodImpl(Inline)]
    public static Twice<THalf> Select(Twice<THalf> mask, Twice<THalf> ifSet, Twice<THalf> ifClear) =>
        new(THalf.Select(mask.Low, ifSet.Low, ifClear.Low), THalf.Select(mask.High, ifSet.High, ifClear.High));

    [MethodImpl(Inline)]
    public static Twice<THalf> Rotate(Twice<THalf> a, int count)
    {
        (THalf low, THalf high) = count < THalf.Count ? (a.Low, a.High) : (a.High, a.Low);
        int rest = count % THalf.Count;
        THalf staying = THalf.FirstLanes(THalf.Count - rest);
        low = THalf.Rotate(low, rest);
        high = THalf.Rotate(high, rest);
        return new(THalf.Select(staying, low, high), THalf.Select(staying, high, low));
    }

    [MethodImpl(Inline)]
    public static (Twice<THalf> Even, Twice<THalf> Odd) Deinterleave(Twice<THalf> a, Twice<THalf> b)
    {
        var low = THalf.Deinterleave(a.Low, a.High);
        var high = THalf.Deinterleave(b.Low, b.High);
        return (new(low.Even, high.Even), new(low.Odd, high.Odd));
    }

    [MethodImpl(Inline)]
    public static (Twice<THalf> Low, Twice<THalf> High) Interleave(Twice<THalf> even, Twice<THalf> odd)
    {
        var low = THalf.Interleave(even.Low, odd.Low);
        var high = THalf.Interleave(even.High, odd.High);
        return (new(low.Low, low.High), new(high.Low, high.High));
    }

    [MethodImpl(Inline)]
    public static float ToScalar(Twice<THalf> a) => THalf.ToScalar(a.Low);

    [MethodImpl(Inline)]
    public static float Reduce<TFold>(TFold fold, Twice<THalf> lanes)
        where TFold : struct, IFold => THalf.Reduce(fold, fold.Merge(lanes.Low, lanes.High));

    [MethodImpl(Inline)]
    public static Twice<THalf> AddBits(Twice<THalf> a, Twice<THalf> b) => new(THalf.AddBits(a.Low, b.Low), THalf.AddBits(a.High, b.High));

    [MethodImpl(Inline)]
    public static Twice<THalf> SubtractBits(Twice<THalf> a, Twice<THalf> b) =>
        new(THalf.SubtractBits(a.Low, b.Low), THalf.SubtractBits(a.High, b.High));

    [MethodImpl(Inline)]
    public static Twice<THalf> LessThanBits(Twice<THalf> a, Twice<THalf> b) =>
        new(THalf.LessThanBits(a.Low, b.Low), THalf.LessThanBits(a.High, b.High));

    [MethodImpl(Inline)]
    public static Twice<THalf> MultiplyLowBits(Twice<THalf> a, Twice<THalf> b) =>
        new(THalf.MultiplyLowBits(a.Low, b.Low), THalf.MultiplyLowBits(a.High, b.High));

    [MethodImpl(Inline)]
    public static Twice<THalf> MultiplyHighBits(Twice<THalf> a, Twice<THalf> b) =>
        new(THalf.MultiplyHighBits(a.Low, b.Low), THalf.MultiplyHighBits(a.High, b.High));

    [MethodImpl(Inline)]
    public static Twice<THalf> ShiftLeftBits(Twice<THalf> a, int count) =>
        new(THalf.ShiftLeftBits(a.Low, count), THalf.ShiftLeftBits(a.High, count));

    [MethodImpl(Inline)]
    public static Twice<THalf> ShiftRightBits(Twice<THalf> a, int count) =>
        new(THalf.ShiftRightBits(a.Low, count), THalf.ShiftRightBits(a.High, count));

    [MethodImpl(Inline)]
    public static Twice<THalf> ConvertBits(Twice<THalf> a) => new(THalf.ConvertBits(a.Low), THalf.ConvertBits(a.High));

    [MethodImpl(Inline)]
    public static (Twice<THalf> A, Twice<THalf> B, Twice<THalf> C, Twice<THalf> D) LoadColumns(float* source, nint stride)
    {
        var low = THalf.LoadColumns(source, stride);
        var high = THalf.LoadColumns(source + (THalf.Count * stride), stride);
        return (new(low.A, high.A), new(low.B, high.B), new(low.C, high.C), new(low.D, high.D));
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SimdNet.Simd;

/// <summary>16 lanes: AVX-512.</summary>
internal unsafe struct Simd512 : ISimd<Simd512>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    private Vector512<float> _value;

    [MethodImpl(Inline)]
    private Simd512(Vector512<float> value) => _value = value;

    public static int Count
    {
        [MethodImpl(Inline)]
        get => Vector512<float>.Count;
    }

    public static int RegisterCount
    {
        [MethodImpl(Inline)]
        get => 32;
    }

    public static bool IsSupported
    {
        [MethodImpl(Inline)]
        get => Vector512.IsHardwareAccelerated && Avx512F.IsSupported;
    }

    public static Simd512 Zero
    {
        [MethodImpl(Inline)]
        get => default;
    }

    [MethodImpl(Inline)]
    public static Simd512 Broadcast(float value) => new(Vector512.Create(value));

    [MethodImpl(Inline)]
    public static Simd512 BroadcastBits(uint bits) => new(Vector512.Create(bits).AsSingle());

    public static Simd512 IndicesBits
    {
        [MethodImpl(Inline)]
        get => new(Vector512<int>.Indices.AsSingle());
    }

    [MethodImpl(Inline)]
    public static Simd512 FirstLanes(int count) => new(Mask(count));

    [MethodImpl(Inline)]
    public static Simd512 Load(float* source) => new(Vector512.Load(source));

    [MethodImpl(Inline)]
    public static Simd512 LoadPartial(float* source, int count) =>
        new(Avx512F.MaskLoad(source, Mask(count), Vector512<float>.Zero));

    /// <inheritdoc/>
    /// <remarks>Two of 256 bits: .NET 10 has none of 512.</remarks>
    [MethodImpl(Inline)]
    public static Simd512 Gather(float* source, Simd512 indicesBits)
    {
        Vector512<int> indices = indicesBits._value.AsInt32();
        return new(Vector512.Create(
            Avx2.GatherVector256(source, indices.GetLower(), sizeof(float)), Avx2.GatherVector256(source, indices.GetUpper(), sizeof(float))));
    }

    [MethodImpl(Inline)]
    public readonly void Store(float* destination) => Vector512.Store(_value, destination);

    [MethodImpl(Inline)]
    public readonly void StorePartial(float* destination, int count) =>
        Avx512F.MaskStore(destination, Mask(count), _value);

    [MethodImpl(Inline)]
    public void Accumulate(Simd512 a, Simd512 b) => _value = Vector512.FusedMultiplyAdd(a._value, b._value, _value);

    [MethodImpl(Inline)]
    public static Simd512 FusedMultiplyAdd(Simd512 a, Simd512 b, Simd512 c) =>
        new(Vector512.FusedMultiplyAdd(a._value, b._value, c._value));

    [MethodImpl(Inline)]
    public static Simd512 operator +(Simd512 a, Simd512 b) => new(a._value + b._value);

    [MethodImpl(Inline)]
    public static Simd512 operator -(Simd512 a, Simd512 b) => new(a._value - b._value);

    [MethodImpl(Inline)]
    public static Simd512 operator *(Simd512 a, Simd512 b) => new(a._value * b._value);

    [MethodImpl(Inline)]
    public static Simd512 operator /(Simd512 a, Simd512 b) => new(a._value / b._value);

    [MethodImpl(Inline)]
    public static Simd512 operator &(Simd512 a, Simd512 b) => new(a._value & b._value);

    [MethodImpl(Inline)]
    public static Simd512 operator |(Simd512 a, Simd512 b) => new(a._value | b._value);

    [MethodImpl(Inline)]
    public static Simd512 operator ^(Simd512 a, Simd512 b) => new(a._value ^ b._value);

    [MethodImpl(Inline)]
    public static Simd512 Min(Simd512 a, Simd512 b) => new(Vector512.Min(a._value, b._value));

    [MethodImpl(Inline)]
    public static Simd512 Max(Simd512 a, Simd512 b) => new(Vector512.Max(a._value, b._value));

    [MethodImpl(Inline)]
    public static Simd512 Lesser(Simd512 a, Simd512 b) => new(Avx512F.Min(a._value, b._value));

    [MethodImpl(Inline)]
    public static Simd512 Greater(Simd512 a, Simd512 b) => new(Avx512F.Max(a._value, b._value));

    [MethodImpl(Inline)]
    public static Simd512 Abs(Simd512 a) => new(Vector512.Abs(a._value));

    [MethodImpl(Inline)]
    public static Simd512 Sqrt(Simd512 a) => new(Vector512.Sqrt(a._value));

    [MethodImpl(Inline)]
    public static Simd512 Round(Simd512 a) => new(Vector512.Round(a._value));

    [MethodImpl(Inline)]
    public static Simd512 Scale(Simd512 a, Simd512 n) => new(Avx512F.Scale(a._value, n._value));

    [MethodImpl(Inline)]
    public static Simd512 Equal(Simd512 a, Simd512 b) => new(Vector512.Equals(a._value, b._value));

    [MethodImpl(Inline)]
    public static Simd512 LessThan(Simd512 a, Simd512 b) => new(Vector512.LessThan(a._value, b._value));

    [MethodImpl(Inline)]
    public static Simd512 LessThanOrEqual(Simd512 a, Simd512 b) => new(Vector512.LessThanOrEqual(a._value, b._value));

    [MethodImpl(Inline)]
    public static Simd512 Select(Simd512 mask, Simd512 ifSet, Simd512 ifClear) =>
        new(Vector512.ConditionalSelect(mask._value, ifSet._value, ifClear._value));

    [MethodImpl(Inline)]
    public static Simd512 Rotate(Simd512 a, int count) =>
        new(Avx512F.PermuteVar16x32(a._value, Vector512<int>.Indices + Vector512.Create(count)));

    [MethodImpl(Inline)]
    public static (Simd512 Even, Simd512 Odd) Deinterleave(Simd512 a, Simd512 b)
    {
        Vector512<int> even = Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
        Vector512<int> odd = Vector512.Create(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
        return (new(Avx512F.PermuteVar16x32x2(a._value, even, b._value)), new(Avx512F.PermuteVar16x32x2(a._value, odd, b._value)));
    }

    [MethodImpl(Inline)]
    public static (Simd512 Low, Simd512 High) Interleave(Simd512 even, Simd512 odd)
    {
        Vector512<int> low = Vector512.Create(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        Vector512<int> high = Vector512.Create(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        return (new(Avx512F.PermuteVar16x32x2(even._value, low, odd._value)), new(Avx512F.PermuteVar16x32x2(even._value, high, odd._value)));
    }

    [MethodImpl(Inline)]
    public static float ToScalar(Simd512 a) => a._value.ToScalar();

    [MethodImpl(Inline)]
    public static float Reduce<TFold>(TFold fold, Simd512 lanes)
        where TFold : struct, IFold => Loops.Tree(fold, lanes);

    [MethodImpl(Inline)]
    public static Simd512 AddBits(Simd512 a, Simd512 b) => new((a._value.AsUInt32() + b._value.AsUInt32()).AsSingle());

    [MethodImpl(Inline)]
    public static Simd512 SubtractBits(Simd512 a, Simd512 b) => new((a._value.AsUInt32() - b._value.AsUInt32()).AsSingle());

    [MethodImpl(Inline)]
    public static Simd512 LessThanBits(Simd512 a, Simd512 b) => new(Vector512.LessThan(a._value.AsInt32(), b._value.AsInt32()).AsSingle());

    [MethodImpl(Inline)]
    public static Simd512 MultiplyLowBits(Simd512 a, Simd512 b) => new((a._value.AsUInt32() * b._value.AsUInt32()).AsSingle());

    /// <inheritdoc/>
    /// <remarks>One widening multiply gives the products of the even lanes, a second those of the odd lanes.</remarks>
    [MethodImpl(Inline)]
    public static Simd512 MultiplyHighBits(Simd512 a, Simd512 b)
    {
        Vector512<uint> x = a._value.AsUInt32(), y = b._value.AsUInt32();
        Vector512<ulong> even = Avx512F.Multiply(x, y) >>> 32;
        Vector512<ulong> odd = Avx512F.Multiply((x.AsUInt64() >>> 32).AsUInt32(), (y.AsUInt64() >>> 32).AsUInt32());
        return new((even | (odd & Vector512.Create(0xFFFF_FFFF_0000_0000ul))).AsSingle());
    }

    [MethodImpl(Inline)]
    public static Simd512 ShiftLeftBits(Simd512 a, int count) => new((a._value.AsUInt32() << count).AsSingle());

    [MethodImpl(Inline)]
    public static Simd512 ShiftRightBits(Simd512 a, int count) => new((a._value.AsUInt32() >>> count).AsSingle());

    [MethodImpl(Inline)]
    public static Simd512 ConvertBits(Simd512 a) => new(Vector512.ConvertToSingle(a._value.AsInt32()));

    /// <remarks>Each 128-bit lane takes four rows of its own, so that the lanes are transposed at once, by 8 shuffles for 64 values.</remarks>
    [MethodImpl(Inline)]
    public static (Simd512 A, Simd512 B, Simd512 C, Simd512 D) LoadColumns(float* source, nint stride)
    {
        Vector512<float> a = Rows(source, stride), b = Rows(source + stride, stride);
        Vector512<float> c = Rows(source + (2 * stride), stride), d = Rows(source + (3 * stride), stride);
        Vector512<float> ac = Avx512F.UnpackLow(a, c), bd = Avx512F.UnpackLow(b, d); // a0 c0 a1 c1, b0 d0 b1 d1
        Vector512<float> ac2 = Avx512F.UnpackHigh(a, c), bd2 = Avx512F.UnpackHigh(b, d);
        return (
            new(Avx512F.UnpackLow(ac, bd)), new(Avx512F.UnpackHigh(ac, bd)), new(Avx512F.UnpackLow(ac2, bd2)), new(Avx512F.UnpackHigh(ac2, bd2)));
    }

    /// <summary>Four values of the rows 0, 4, 8 and 12. <c>Vector512.Create</c> of two halves takes an insert more (.NET 10).</summary>
    [MethodImpl(Inline)]
    private static Vector512<float> Rows(float* source, nint stride) => Avx512F.InsertVector256(
        Vector256.Create(Vector128.Load(source), Vector128.Load(source + (4 * stride))).ToVector512Unsafe(),
        Vector256.Create(Vector128.Load(source + (8 * stride)), Vector128.Load(source + (12 * stride))), 1);

    /// <remarks>Not wrapped in a struct: so the JIT sees a comparison, and keeps it in a mask register where there is one.</remarks>
    [MethodImpl(Inline)]
    private static Vector512<float> Mask(int count) => Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle();
}

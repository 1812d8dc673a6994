using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SimdNet.Simd;

/// <summary>8 lanes: AVX2 with FMA.</summary>
internal unsafe struct Simd256 : ISimd<Simd256>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    private Vector256<float> _value;

    [MethodImpl(Inline)]
    private Simd256(Vector256<float> value) => _value = value;

    public static int Count
    {
        [MethodImpl(Inline)]
        get => Vector256<float>.Count;
    }

    public static int RegisterCount
    {
        [MethodImpl(Inline)]
        get => 16;
    }

    public static bool IsSupported
    {
        [MethodImpl(Inline)]
        get => Vector256.IsHardwareAccelerated && Avx2.IsSupported && Fma.IsSupported;
    }

    public static Simd256 Zero
    {
        [MethodImpl(Inline)]
        get => default;
    }

    [MethodImpl(Inline)]
    public static Simd256 Broadcast(float value) => new(Vector256.Create(value));

    [MethodImpl(Inline)]
    public static Simd256 BroadcastBits(uint bits) => new(Vector256.Create(bits).AsSingle());

    public static Simd256 IndicesBits
    {
        [MethodImpl(Inline)]
        get => new(Vector256<int>.Indices.AsSingle());
    }

    [MethodImpl(Inline)]
    public static Simd256 FirstLanes(int count) => new(Mask(count));

    [MethodImpl(Inline)]
    public static Simd256 Load(float* source) => new(Vector256.Load(source));

    [MethodImpl(Inline)]
    public static Simd256 LoadPartial(float* source, int count) => new(Avx.MaskLoad(source, Mask(count)));

    [MethodImpl(Inline)]
    public static Simd256 Gather(float* source, Simd256 indicesBits) =>
        new(Avx2.GatherVector256(source, indicesBits._value.AsInt32(), sizeof(float)));

    [MethodImpl(Inline)]
    public readonly void Store(float* destination) => Vector256.Store(_value, destination);

    [MethodImpl(Inline)]
    public readonly void StorePartial(float* destination, int count) =>
        Avx.MaskStore(destination, Mask(count), _value);

    [MethodImpl(Inline)]
    public void Accumulate(Simd256 a, Simd256 b) => _value = Vector256.FusedMultiplyAdd(a._value, b._value, _value);

    [MethodImpl(Inline)]
    public static Simd256 FusedMultiplyAdd(Simd256 a, Simd256 b, Simd256 c) =>
        new(Vector256.FusedMultiplyAdd(a._value, b._value, c._value));

    [MethodImpl(Inline)]
    public static Simd256 operator +(Simd256 a, Simd256 b) => new(a._value + b._value);

    [MethodImpl(Inline)]
    public static Simd256 operator -(Simd256 a, Simd256 b) => new(a._value - b._value);

    [MethodImpl(Inline)]
    public static Simd256 operator *(Simd256 a, Simd256 b) => new(a._value * b._value);

    [MethodImpl(Inline)]
    public static Simd256 operator /(Simd256 a, Simd256 b) => new(a._value / b._value);

    [MethodImpl(Inline)]
    public static Simd256 operator &(Simd256 a, Simd256 b) => new(a._value & b._value);

    [MethodImpl(Inline)]
    public static Simd256 operator |(Simd256 a, Simd256 b) => new(a._value | b._value);

    [MethodImpl(Inline)]
    public static Simd256 operator ^(Simd256 a, Simd256 b) => new(a._value ^ b._value);

    [MethodImpl(Inline)]
    public static Simd256 Min(Simd256 a, Simd256 b) => new(Vector256.Min(a._value, b._value));

    [MethodImpl(Inline)]
    public static Simd256 Max(Simd256 a, Simd256 b) => new(Vector256.Max(a._value, b._value));

    [MethodImpl(Inline)]
    public static Simd256 Lesser(Simd256 a, Simd256 b) => new(Avx.Min(a._value, b._value));

    [MethodImpl(Inline)]
    public static Simd256 Greater(Simd256 a, Simd256 b) => new(Avx.Max(a._value, b._value));

    [MethodImpl(Inline)]
    public static Simd256 Abs(Simd256 a) => new(Vector256.Abs(a._value));

    [MethodImpl(Inline)]
    public static Simd256 Sqrt(Simd256 a) => new(Vector256.Sqrt(a._value));

    [MethodImpl(Inline)]
    public static Simd256 Round(Simd256 a) => new(Vector256.Round(a._value));

    [MethodImpl(Inline)]
    public static Simd256 Scale(Simd256 a, Simd256 n) => SimdMath.ScaleInTwoSteps(a, n);

    [MethodImpl(Inline)]
    public static Simd256 Equal(Simd256 a, Simd256 b) => new(Vector256.Equals(a._value, b._value));

    [MethodImpl(Inline)]
    public static Simd256 LessThan(Simd256 a, Simd256 b) => new(Vector256.LessThan(a._value, b._value));

    [MethodImpl(Inline)]
    public static Simd256 LessThanOrEqual(Simd256 a, Simd256 b) => new(Vector256.LessThanOrEqual(a._value, b._value));

    [MethodImpl(Inline)]
    public static Simd256 Select(Simd256 mask, Simd256 ifSet, Simd256 ifClear) =>
        new(Vector256.ConditionalSelect(mask._value, ifSet._value, ifClear._value));

    [MethodImpl(Inline)]
    public static Simd256 Rotate(Simd256 a, int count) =>
        new(Avx2.PermuteVar8x32(a._value, Vector256<int>.Indices + Vector256.Create(count)));

    /// <remarks>A shuffle picks within 128 bits, then the middle quarters change places.</remarks>
    [MethodImpl(Inline)]
    public static (Simd256 Even, Simd256 Odd) Deinterleave(Simd256 a, Simd256 b)
    {
        Vector256<double> even = Avx.Shuffle(a._value, b._value, 0b10_00_10_00).AsDouble();
        Vector256<double> odd = Avx.Shuffle(a._value, b._value, 0b11_01_11_01).AsDouble();
        return (new(Avx2.Permute4x64(even, 0b11_01_10_00).AsSingle()), new(Avx2.Permute4x64(odd, 0b11_01_10_00).AsSingle()));
    }

    [MethodImpl(Inline)]
    public static (Simd256 Low, Simd256 High) Interleave(Simd256 even, Simd256 odd)
    {
        Vector256<float> low = Avx.UnpackLow(even._value, odd._value), high = Avx.UnpackHigh(even._value, odd._value);
        return (new(Avx.Permute2x128(low, high, 0x20)), new(Avx.Permute2x128(low, high, 0x31)));
    }

    [MethodImpl(Inline)]
    public static float ToScalar(Simd256 a) => a._value.ToScalar();

    [MethodImpl(Inline)]
    public static float Reduce<TFold>(TFold fold, Simd256 lanes)
        where TFold : struct, IFold => Loops.Tree(fold, lanes);

    [MethodImpl(Inline)]
    public static Simd256 AddBits(Simd256 a, Simd256 b) => new((a._value.AsUInt32() + b._value.AsUInt32()).AsSingle());

    [MethodImpl(Inline)]
    public static Simd256 SubtractBits(Simd256 a, Simd256 b) => new((a._value.AsUInt32() - b._value.AsUInt32()).AsSingle());

    [MethodImpl(Inline)]
    public static Simd256 LessThanBits(Simd256 a, Simd256 b) => new(Vector256.LessThan(a._value.AsInt32(), b._value.AsInt32()).AsSingle());

    [MethodImpl(Inline)]
    public static Simd256 MultiplyLowBits(Simd256 a, Simd256 b) => new((a._value.AsUInt32() * b._value.AsUInt32()).AsSingle());

    /// <inheritdoc/>
    /// <remarks>One widening multiply gives the products of the even lanes, a second those of the odd lanes.</remarks>
    [MethodImpl(Inline)]
    public static Simd256 MultiplyHighBits(Simd256 a, Simd256 b)
    {
        Vector256<uint> x = a._value.AsUInt32(), y = b._value.AsUInt32();
        Vector256<ulong> even = Avx2.Multiply(x, y) >>> 32;
        Vector256<ulong> odd = Avx2.Multiply((x.AsUInt64() >>> 32).AsUInt32(), (y.AsUInt64() >>> 32).AsUInt32());
        return new((even | (odd & Vector256.Create(0xFFFF_FFFF_0000_0000ul))).AsSingle());
    }

    [MethodImpl(Inline)]
    public static Simd256 ShiftLeftBits(Simd256 a, int count) => new((a._value.AsUInt32() << count).AsSingle());

    [MethodImpl(Inline)]
    public static Simd256 ShiftRightBits(Simd256 a, int count) => new((a._value.AsUInt32() >>> count).AsSingle());

    [MethodImpl(Inline)]
    public static Simd256 ConvertBits(Simd256 a) => new(Vector256.ConvertToSingle(a._value.AsInt32()));

    /// <remarks>Not wrapped in a struct: so the JIT sees a comparison, and keeps it in a mask register where there is one.</remarks>
    [MethodImpl(Inline)]
    private static Vector256<float> Mask(int count) => Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(count)).AsSingle();

    /// <remarks>Each 128-bit lane takes four rows of its own, so that the lanes are transposed at once, by 8 shuffles for 32 values.</remarks>
    [MethodImpl(Inline)]
    public static (Simd256 A, Simd256 B, Simd256 C, Simd256 D) LoadColumns(float* source, nint stride)
    {
        Vector256<float> a = Rows(source, stride), b = Rows(source + stride, stride);
        Vector256<float> c = Rows(source + (2 * stride), stride), d = Rows(source + (3 * stride), stride);
        Vector256<float> ac = Avx.UnpackLow(a, c), bd = Avx.UnpackLow(b, d); // a0 c0 a1 c1, b0 d0 b1 d1
        Vector256<float> ac2 = Avx.UnpackHigh(a, c), bd2 = Avx.UnpackHigh(b, d);
        return (new(Avx.UnpackLow(ac, bd)), new(Avx.UnpackHigh(ac, bd)), new(Avx.UnpackLow(ac2, bd2)), new(Avx.UnpackHigh(ac2, bd2)));
    }

    /// <summary>Four values of the rows 0 and 4.</summary>
    [MethodImpl(Inline)]
    private static Vector256<float> Rows(float* source, nint stride) =>
        Vector256.Create(Vector128.Load(source), Vector128.Load(source + (4 * stride)));
}

using SimdNet.Simd;

namespace SimdNet.Tests.Simd;

/// <summary>The members under test as operators, so that one driver runs them at every width.</summary>
public partial class SimdTests
{
    private readonly struct OfFirst<TOperator> : ITernaryOperator
        where TOperator : struct, IUnaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x, TSimd y, TSimd z)
            where TSimd : struct, ISimd<TSimd> => default(TOperator).Invoke(x);
    }

    private readonly struct OfFirstTwo<TOperator> : ITernaryOperator
        where TOperator : struct, IBinaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x, TSimd y, TSimd z)
            where TSimd : struct, ISimd<TSimd> => default(TOperator).Invoke(x, y);
    }

    private readonly struct Sqrt : IUnaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x)
            where TSimd : struct, ISimd<TSimd> => TSimd.Sqrt(x);
    }

    private readonly struct Round : IUnaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x)
            where TSimd : struct, ISimd<TSimd> => TSimd.Round(x);
    }

    private readonly struct Add : IBinaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => x + y;
    }

    private readonly struct Subtract : IBinaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => x - y;
    }

    private readonly struct Multiply : IBinaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => x * y;
    }

    private readonly struct Divide : IBinaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => x / y;
    }

    private readonly struct Min : IBinaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => TSimd.Min(x, y);
    }

    private readonly struct Max : IBinaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => TSimd.Max(x, y);
    }

    private readonly struct Lesser : IBinaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => TSimd.Lesser(x, y);
    }

    private readonly struct Greater : IBinaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => TSimd.Greater(x, y);
    }

    private readonly struct Abs : IBinaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => TSimd.Abs(x);
    }

    private readonly struct Equal : IBinaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => TSimd.Equal(x, y);
    }

    private readonly struct LessThan : IBinaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => TSimd.LessThan(x, y);
    }

    private readonly struct LessThanOrEqual : IBinaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => TSimd.LessThanOrEqual(x, y);
    }

    private readonly struct LessThanBits : IBinaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => TSimd.LessThanBits(x, y);
    }

    private readonly struct And : IBinaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => x & y;
    }

    private readonly struct Or : IBinaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => x | y;
    }

    private readonly struct Xor : IBinaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => x ^ y;
    }

    private readonly struct SelectLess : IBinaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => TSimd.Select(TSimd.LessThan(x, y), x, y);
    }

    private readonly struct AddBits : IBinaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => TSimd.AddBits(x, y);
    }

    private readonly struct SubtractBits : IBinaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => TSimd.SubtractBits(x, y);
    }

    private readonly struct MultiplyLowBits : IBinaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => TSimd.MultiplyLowBits(x, y);
    }

    private readonly struct MultiplyHighBits : IBinaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => TSimd.MultiplyHighBits(x, y);
    }

    private readonly struct ShiftLeft9 : IBinaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => TSimd.ShiftLeftBits(x, 9);
    }

    private readonly struct ShiftRight9 : IBinaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => TSimd.ShiftRightBits(x, 9);
    }

    private readonly struct ConvertBits : IBinaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => TSimd.ConvertBits(x);
    }

    private readonly struct FusedMultiplyAdd : ITernaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x, TSimd y, TSimd z)
            where TSimd : struct, ISimd<TSimd> => TSimd.FusedMultiplyAdd(x, y, z);
    }

    private readonly struct Accumulate : ITernaryOperator
    {
        public TSimd Invoke<TSimd>(TSimd x, TSimd y, TSimd z)
            where TSimd : struct, ISimd<TSimd>
        {
            x.Accumulate(y, z);
            return x;
        }
    }
}

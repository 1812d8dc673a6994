using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <summary>
/// What becomes of a gradient inside an optimizer's pass: <c>g' = clamp(Scale·g + L2·p + L1·sign(p), -Limit, Limit)</c>. NaN stays.
/// </summary>
/// <remarks>
/// So one pass knows the gradient of a regularised loss (L2 = λ for <c>λ/2‖p‖²</c>, L1 = λ/2 for <c>λ/2‖p‖₁</c>), the mean of several
/// batches, and clipping: by value by <see cref="Limit"/>; by norm by a factor on the other three.
/// </remarks>
public readonly record struct GradientTransform : IBinaryOperator
{
    /// <summary>Leaves the gradient as it is.</summary>
    public GradientTransform()
    {
    }

    /// <summary>The factor of g, 0 or more; 1 unless set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public float Scale { get; init => field = Checked(value, nameof(Scale)); } = 1;

    /// <summary>The factor of p, 0 or more.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public float L2 { get; init => field = Checked(value, nameof(L2)); }

    /// <summary>The factor of the sign of p, which is 0 for 0; 0 or more.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public float L1 { get; init => field = Checked(value, nameof(L1)); }

    /// <summary>The largest magnitude that is let through, 0 or more; ∞ unless set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or NaN.</exception>
    public float Limit
    {
        get;
        init => field = value == float.PositiveInfinity ? value : Checked(value, nameof(Limit));
    } = float.PositiveInfinity;

    /// <summary>Whether the gradient stays as it is.</summary>
    internal bool IsIdentity => this == new GradientTransform();

    /// <summary>The formula.</summary>
    /// <param name="x">g.</param>
    /// <param name="y">p.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSimd Invoke<TSimd>(TSimd x, TSimd y)
        where TSimd : struct, ISimd<TSimd> => new Vectors<TSimd>(this).Invoke(x, y);

    /// <summary>1 with the sign of x; 0 for 0, NaN for NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TSimd Sign<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd signedOne = TSimd.Broadcast(1) | (x & TSimd.Broadcast(-0f));
        return TSimd.Select(TSimd.LessThan(TSimd.Zero, TSimd.Abs(x)), signedOne, x);
    }

    private static float Checked(float value, string name)
    {
        Guard.NotNegative(value, name);
        return value;
    }

    /// <summary>The numbers in every lane, and the formula.</summary>
    [method: MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly struct Vectors<TSimd>(GradientTransform transform)
        where TSimd : struct, ISimd<TSimd>
    {
        private readonly TSimd _scale = TSimd.Broadcast(transform.Scale), _l2 = TSimd.Broadcast(transform.L2);
        private readonly TSimd _l1 = TSimd.Broadcast(transform.L1);
        private readonly TSimd _limit = TSimd.Broadcast(transform.Limit), _lowest = TSimd.Broadcast(-transform.Limit);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd Invoke(TSimd g, TSimd p)
        {
            TSimd sum = TSimd.FusedMultiplyAdd(_l1, Sign(p), TSimd.FusedMultiplyAdd(_l2, p, _scale * g));
            return TSimd.Lesser(_limit, TSimd.Greater(_lowest, sum)); // each takes its second operand where one is NaN
        }
    }
}

namespace SimdNet.Simd;

/// <summary>A function of one number, applied to every lane: the body of <c>Loops.Map</c>.</summary>
/// <remarks>
/// Write it as a <c>readonly struct</c> whose doc comment is the formula; what the formula needs beside its operands is a field. Each
/// lane of the result depends on the same lane of the operands alone: a loop may cut its range into vectors of any width.
/// </remarks>
public interface IUnaryOperator
{
    /// <summary>The formula.</summary>
    TSimd Invoke<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>;
}

/// <summary>A function of two numbers, applied to every lane: the body of <c>Loops.Zip</c>.</summary>
/// <inheritdoc cref="IUnaryOperator"/>
public interface IBinaryOperator
{
    /// <summary>The formula.</summary>
    TSimd Invoke<TSimd>(TSimd x, TSimd y)
        where TSimd : struct, ISimd<TSimd>;
}

/// <summary>A function of three numbers, applied to every lane: the body of <c>Loops.Zip3</c>.</summary>
/// <inheritdoc cref="IUnaryOperator"/>
public interface ITernaryOperator
{
    /// <summary>The formula.</summary>
    TSimd Invoke<TSimd>(TSimd x, TSimd y, TSimd z)
        where TSimd : struct, ISimd<TSimd>;
}

/// <summary>A reduction of many numbers to one: the body of <c>Loops.Fold</c>.</summary>
/// <remarks>Operates lane by lane, as <see cref="IUnaryOperator"/> does.</remarks>
public interface IFold
{
    /// <summary>What a lane holds before its first number, and the result of nothing: merging it changes no result.</summary>
    float Identity { get; }

    /// <summary>What a lane holds after one number more.</summary>
    TSimd Combine<TSimd>(TSimd accumulated, TSimd x)
        where TSimd : struct, ISimd<TSimd>;

    /// <summary>What two lanes hold together.</summary>
    TSimd Merge<TSimd>(TSimd a, TSimd b)
        where TSimd : struct, ISimd<TSimd>;
}

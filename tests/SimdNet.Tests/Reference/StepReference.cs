namespace SimdNet.Tests.Reference;

/// <summary>What the optimizers' kernels compute for one parameter, in double, from state s, each formula as its source has it.</summary>
internal static class StepReference
{
    public static void GradientDescent(ref double p, double g, double learningRate) => p -= learningRate * g;

    public static void Averaged(ref double p, double g, Span<double> s, double learningRate, double beta)
    {
        s[0] = (beta * s[0]) + ((1 - beta) * g);
        p -= learningRate * s[0];
    }

    public static void AveragedNesterov(ref double p, double g, Span<double> s, double learningRate, double beta)
    {
        s[0] = (beta * s[0]) + ((1 - beta) * g);
        p -= learningRate * ((beta * s[0]) + ((1 - beta) * g));
    }

    /// <summary>PyTorch's SGD with momentum.</summary>
    public static void Accumulated(ref double p, double g, Span<double> s, double learningRate, double beta)
    {
        s[0] = (beta * s[0]) + g;
        p -= learningRate * s[0];
    }

    /// <summary>PyTorch's SGD with momentum and nesterov.</summary>
    public static void AccumulatedNesterov(ref double p, double g, Span<double> s, double learningRate, double beta)
    {
        s[0] = (beta * s[0]) + g;
        p -= learningRate * (g + (beta * s[0]));
    }

    public static void RMSProp(ref double p, double g, Span<double> s, double learningRate, double alpha, double epsilon)
    {
        s[0] = (alpha * s[0]) + ((1 - alpha) * g * g);
        p -= learningRate * g / (Math.Sqrt(s[0]) + epsilon);
    }

    public static void Adagrad(ref double p, double g, Span<double> s, double learningRate, double epsilon)
    {
        s[0] += g * g;
        p -= learningRate * g / (Math.Sqrt(s[0]) + epsilon);
    }

    public static void Adam(
        ref double p, double g, Span<double> s, double learningRate, double beta1, double beta2, double epsilon, double decay, long step)
    {
        p -= learningRate * decay * p;
        s[0] = (beta1 * s[0]) + ((1 - beta1) * g);
        s[1] = (beta2 * s[1]) + ((1 - beta2) * g * g);
        double corrected = s[0] / (1 - Math.Pow(beta1, step)), correctedSquare = s[1] / (1 - Math.Pow(beta2, step));
        p -= learningRate * corrected / (Math.Sqrt(correctedSquare) + epsilon);
    }

    public static void AMSGrad(
        ref double p, double g, Span<double> s, double learningRate, double beta1, double beta2, double epsilon, double decay, long step)
    {
        p -= learningRate * decay * p;
        s[0] = (beta1 * s[0]) + ((1 - beta1) * g);
        s[1] = (beta2 * s[1]) + ((1 - beta2) * g * g);
        s[2] = Math.Max(s[2], s[1]);
        double corrected = s[0] / (1 - Math.Pow(beta1, step)), correctedSquare = s[2] / (1 - Math.Pow(beta2, step));
        p -= learningRate * corrected / (Math.Sqrt(correctedSquare) + epsilon);
    }

    public static void Lion(
        ref double p, double g, Span<double> s, double learningRate, double beta1, double beta2, double decay)
    {
        p -= learningRate * decay * p;
        p -= learningRate * Math.Sign((beta1 * s[0]) + ((1 - beta1) * g));
        s[0] = (beta2 * s[0]) + ((1 - beta2) * g);
    }

    public static double Transform(double g, double p, double scale, double l2, double l1, double limit) =>
        Math.Clamp((scale * g) + (l2 * p) + (l1 * Math.Sign(p)), -limit, limit);
}

"""Chat models by name: opened on demand, timed, cancellable; with fakes that ship."""

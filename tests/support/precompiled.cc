// A program without a test: it owns the precompiled header of all tests.

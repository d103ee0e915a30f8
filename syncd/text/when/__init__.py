"""How dates are read: words to tokens, tokens to dates. `syncd.text.dates` is the way in."""

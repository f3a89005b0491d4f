import globals from "globals";

export default [{
  files: ["src/**/*.js"],
  languageOptions: { ecmaVersion: 2024, sourceType: "module", globals: { ...globals.browser, L: "readonly" } },
  linterOptions: { reportUnusedDisableDirectives: "error" },
  rules: {
    "eqeqeq": ["error", "always", { "null": "ignore" }],
    "no-eval": "error",
    "no-implied-eval": "error",
    "no-undef": "error",
    "no-unused-vars": "error",
    "no-var": "error",
    "prefer-const": "error",
    // Texts become text nodes: a text of a stranger must never be read as markup.
    "no-restricted-syntax": [
      "error",
      "AssignmentExpression > MemberExpression[property.name=/^(inner|outer)HTML$/]",
      "CallExpression[callee.property.name=insertAdjacentHTML]"
    ]
  }
}];

"""Classes of LaTeX tokens: the alphabet of `grammars/latex.lark`.

The grammar never sees tokens, only their classes, so a new symbol is one word in a table here and a new
construction is a class here and a rule there. Arities and modes follow the LaTeX companion (Mittelbach and
Goossens, 2nd ed., ch. 8) and amsldoc 2.1; `make oracle` compares them with KaTeX.
"""

from __future__ import annotations

import re

UNKNOWN = "UNKNOWN"
"""Class of commands that no table lists. No rule of the grammar mentions it."""

_WORDS: dict[str, str] = {
    # nullary, in mathematics only; after the colon the spacing class (TeXbook, ch. 18)
    "SYMBOL:ord": r"""
        \alpha \beta \gamma \delta \epsilon \zeta \eta \theta \iota \kappa \lambda \mu \nu \xi \omicron \pi \rho
        \sigma \tau \upsilon \phi \chi \psi \omega \varepsilon \vartheta \varpi \varrho \varsigma \varphi \varkappa
        \digamma \Gamma \Delta \Theta \Lambda \Xi \Pi \Sigma \Upsilon \Phi \Psi \Omega \varGamma \varDelta
        \varTheta \varLambda \varXi \varPi \varSigma \varUpsilon \varPhi \varPsi \varOmega
        \aleph \beth \gimel \daleth \hbar \hslash \ell \wp \Re \Im \imath \jmath \partial \nabla \infty \forall
        \exists \nexists \neg \lnot \top \bot \emptyset \varnothing \surd \angle \measuredangle \sphericalangle
        \triangle \triangledown \square \Box \Diamond \lozenge \blacksquare \blacktriangle \blacktriangledown
        \blacklozenge \bigstar \flat \natural \sharp \clubsuit \diamondsuit \heartsuit \spadesuit \prime \backprime
        \mho \Finv \Game \complement \eth \diagup \diagdown \circledS \Bbbk \mathsterling \degree
        \mathstrut \slash
    """,
    "SYMBOL:bin": r"""
        \pm \mp \times \div \cdot \ast \star \circ \bullet \cap \cup \uplus \sqcap \sqcup \vee \wedge \lor \land
        \setminus \smallsetminus \wr \amalg \oplus \ominus \otimes \oslash \odot \bigcirc \dagger \ddagger \diamond
        \bigtriangleup \bigtriangledown \triangleleft \triangleright \lhd \rhd \unlhd \unrhd \dotplus \Cap \Cup
        \barwedge \veebar \doublebarwedge \boxminus \boxtimes \boxdot \boxplus \divideontimes \ltimes \rtimes
        \leftthreetimes \rightthreetimes \curlyvee \curlywedge \circleddash \circledast \circledcirc \centerdot
        \intercal \lessdot \gtrdot \bmod \mod \And
    """,
    "SYMBOL:rel": r"""
        \leq \le \geq \ge \lt \gt \neq \ne \equiv \sim \simeq \approx \cong \propto \asymp \doteq \models \perp
        \mid \nmid \parallel \nparallel \ll \gg \lll \ggg \prec \succ \preceq \succeq \subset \supset \subseteq
        \supseteq \sqsubset \sqsupset \sqsubseteq \sqsupseteq \in \ni \owns \notin \notni \vdash \dashv \smile
        \frown \bowtie \Join \not \leqslant \geqslant \leqq \geqq \eqslantless \eqslantgtr \lesssim \gtrsim
        \lessapprox \gtrapprox \approxeq \lessgtr \gtrless \lesseqgtr \gtreqless \lesseqqgtr \gtreqqless \doteqdot
        \Doteq \risingdotseq \fallingdotseq \eqcirc \circeq \triangleq \backsim \backsimeq \thicksim \thickapprox
        \subseteqq \supseteqq \Subset \Supset \preccurlyeq \succcurlyeq \curlyeqprec \curlyeqsucc \precsim \succsim
        \precapprox \succapprox \vartriangle \vartriangleleft \vartriangleright \trianglelefteq \trianglerighteq
        \vDash \Vdash \Vvdash \smallsmile \smallfrown \bumpeq \Bumpeq \shortmid \shortparallel \between \pitchfork
        \varpropto \blacktriangleleft \blacktriangleright \therefore \because \backepsilon \eqsim
        \nless \ngtr \nleq \ngeq \nleqslant \ngeqslant \nleqq \ngeqq \lneq \gneq \lneqq \gneqq \lvertneqq
        \gvertneqq \lnsim \gnsim \lnapprox \gnapprox \nprec \nsucc \npreceq \nsucceq \precneqq \succneqq \precnsim
        \succnsim \precnapprox \succnapprox \nsim \ncong \nshortmid \nshortparallel \nvdash \nvDash \nVdash \nVDash
        \ntriangleleft \ntriangleright \ntrianglelefteq \ntrianglerighteq \nsubseteq \nsupseteq \nsubseteqq
        \nsupseteqq \subsetneq \supsetneq \varsubsetneq \varsupsetneq \subsetneqq \supsetneqq \varsubsetneqq
        \varsupsetneqq \leftarrow \gets \rightarrow \to \leftrightarrow \Leftarrow \Rightarrow \Leftrightarrow
        \longleftarrow \longrightarrow \longleftrightarrow \Longleftarrow \Longrightarrow \Longleftrightarrow
        \iff \implies \impliedby \mapsto \longmapsto \hookleftarrow \hookrightarrow \leftharpoonup \leftharpoondown
        \rightharpoonup \rightharpoondown \rightleftharpoons \leftrightharpoons \nearrow \searrow \swarrow \nwarrow
        \leadsto \rightsquigarrow \leftrightsquigarrow \dashrightarrow \dashleftarrow \leftleftarrows
        \rightrightarrows \leftrightarrows \rightleftarrows \Lleftarrow \Rrightarrow \twoheadleftarrow
        \twoheadrightarrow \leftarrowtail \rightarrowtail \looparrowleft \looparrowright \curvearrowleft
        \curvearrowright \circlearrowleft \circlearrowright \Lsh \Rsh \upuparrows \downdownarrows \upharpoonleft
        \upharpoonright \restriction \downharpoonleft \downharpoonright \multimap \nleftarrow \nrightarrow
        \nLeftarrow \nRightarrow \nleftrightarrow \nLeftrightarrow \coloneqq \eqqcolon \vcentcolon \coloncolon
    """,
    "SYMBOL:punct": r"\colon \cdotp \ldotp",
    "SYMBOL:inner": r"\ldots \cdots \vdots \ddots \dots \dotsb \dotsc \dotsi \dotsm \dotso \mathellipsis",
    # -------------------------------------- nullary, in mathematics and in text; every other character too
    "CHAR:bin": "+ - *",
    "CHAR:rel": "= :",
    "CHAR:punct": ", ;",
    "CHAR:close": "! ?",
    "CHAR": r"""
        \% \# \$ \& \_ \dag \ddag \S \P \copyright \pounds \yen \checkmark \maltese \circledR \textdegree
        \textbackslash \i \j \ss \ae \AE \oe \OE \o \O \l \L \aa \AA \textendash \textemdash \textellipsis
        \textasciitilde \textasciicircum \textless \textgreater \textunderscore \textdollar
        \textquoteleft \textquoteright \textquotedblleft \textquotedblright \lq \rq
    """,
    "COLUMN": "c l r",
    "AT": "@",
    "BAR": "|",
    "LBRACK:open": "[",
    "RBRACK:close": "]",
    "DELIM:open": r"( \{",
    "DELIM:close": r") \}",
    "DELIM:ord": "/ .",
    "DELIM:rel": "< >",
    "MDELIM:open": r"""
        \lbrace \lbrack \lparen \langle \lfloor \lceil \lvert \lVert \lgroup \lmoustache \ulcorner \llcorner \llbracket
    """,
    "MDELIM:close": r"""
        \rbrace \rbrack \rparen \rangle \rfloor \rceil \rvert \rVert \rgroup \rmoustache \urcorner \lrcorner \rrbracket
    """,
    "MDELIM:ord": r"\vert \Vert \| \backslash",
    "MDELIM:rel": r"\uparrow \downarrow \updownarrow \Uparrow \Downarrow \Updownarrow",
    # ------------------------------------------------- operators, which alone may carry \limits
    "LARGEOP:op": r"""
        \sum \prod \coprod \bigcup \bigcap \bigsqcup \bigvee \bigwedge \bigoplus \bigotimes \bigodot \biguplus
        \smallint \intop
    """,
    "NAMEDOP:op": r"""
        \int \iint \iiint \iiiint \oint \oiint \oiiint \idotsint
        \arccos \arcsin \arctan \arg \cos \cosh \cot \coth \csc \deg \det \dim \exp \gcd \hom \inf \injlim \ker \lg
        \lim \liminf \limsup \ln \log \max \min \Pr \projlim \sec \sin \sinh \sup \tan \tanh \varinjlim \varliminf
        \varlimsup \varprojlim \argmax \argmin \arcctg \arctg \ch \cotg \ctg \cth \sh \tg \th
    """,
    # ------------------------------------------------- white space and switches
    "SPACE": r"""
        \ ~ \, \: \; \! \> \/ \quad \qquad \enspace \enskip \thinspace \medspace \thickspace \negthinspace
        \negmedspace \negthickspace \space \nobreakspace \hfill \hfil \hss \nobreak \allowbreak \relax \null \*
        \- \smallskip \medskip \bigskip
    """,
    "STYLE": r"""
        \displaystyle \textstyle \scriptstyle \scriptscriptstyle \bf \it \rm \sf \tt \sl \sc \cal \mit \em
        \boldmath \unboldmath \tiny \scriptsize \footnotesize \small \normalsize \large \Large \LARGE \huge \Huge
        \nonumber \notag \bfseries \itshape \centering \noindent \protect
    """,
    # ------------------------------------------------- structure
    "LBRACE": "{",
    "RBRACE": "}",
    "SUB": r"_ \sb",
    "SUP": r"^ \sp",
    "PRIME": "'",
    "LIMITS": r"\limits \nolimits \displaylimits",
    "AMP": "&",
    "ROWBREAK": r"\\ \cr \newline \tabularnewline",
    "HLINE": r"\hline \hdashline",
    "LEFT": r"\left",
    "MIDDLE": r"\middle",
    "RIGHT": r"\right",
    "BIG": r"""
        \big \Big \bigg \Bigg \bigl \Bigl \biggl \Biggl \bigr \Bigr \biggr \Biggr \bigm \Bigm \biggm \Biggm
    """,
    "INFIX": r"\over \atop \choose \brace \brack",
    "DOLLAR": "$",
    # ------------------------------------------------- commands with arguments
    "FRAC": r"\frac \dfrac \tfrac \binom \dbinom \tbinom",
    "CFRAC": r"\cfrac",
    "GENFRAC": r"\genfrac",
    "SIDESET": r"\sideset",
    "PRESCRIPT": r"\prescript",
    "STACK": r"\overset \underset \stackrel",
    "SQRT": r"\sqrt",
    "ROOT": r"\root",
    "OF": r"\of",
    "XARROW": r"""
        \xleftarrow \xrightarrow \xleftrightarrow \xLeftarrow \xRightarrow \xLeftrightarrow \xmapsto
        \xhookleftarrow \xhookrightarrow \xleftharpoonup \xleftharpoondown \xrightharpoonup \xrightharpoondown
        \xrightleftharpoons \xleftrightharpoons \xlongequal \xtwoheadrightarrow \xtwoheadleftarrow
    """,
    "ACCENT": r"""
        \hat \widehat \check \widecheck \tilde \widetilde \acute \grave \dot \ddot \dddot \ddddot \breve \bar \vec
        \mathring \overline \underline \underbar \overrightarrow \overleftarrow \overleftrightarrow
        \underrightarrow \underleftarrow \underleftrightarrow \Overrightarrow \overgroup \undergroup
        \overlinesegment \underlinesegment \overleftharpoon \overrightharpoon \utilde \widearc \overarc \wideparen
        \boxed \cancel \bcancel \xcancel \phantom \hphantom \vphantom \mathllap \mathrlap \mathclap
        \llap \rlap \clap \substack \pmod \pod \vcenter \lefteqn \d \b \overparen \underparen
    """,
    "SMASH": r"\smash",
    "FONT": r"""
        \mathrm \mathit \mathbf \mathsf \mathtt \mathcal \mathbb \mathfrak \mathscr \mathnormal \boldsymbol \bm
        \pmb \Bbb \bold \frak \ensuremath \mathds \textcircled
    """,
    "PRIMITIVE": r"\mathord \mathbin \mathrel \mathopen \mathclose \mathpunct \mathinner",
    "OPERATORNAME": r"""
        \operatorname \operatorname* \operatornamewithlimits \mathop \overbrace \underbrace \overbracket
        \underbracket
    """,
    "TEXT": r"""
        \text \mbox \hbox \textrm \textbf \textit \textsf \texttt \textup \textmd \textnormal \textsc \textsl
        \emph \makebox
        \fbox \textsuperscript \textsubscript \intertext
    """,
    "RAW": r"\hspace \hspace* \vspace \vspace* \label \ref \eqref \cite \tag \tag* \cline",
    "COLOR": r"\color \pagecolor",
    "RAWMATH": r"\textcolor",
    "RAWTEXT": r"\raisebox",
    "COLORBOX": r"\colorbox",
    "FCOLORBOX": r"\fcolorbox",
    "RULE": r"\rule",
}

_PLAIN_ENVIRONMENTS = """
    matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix smallmatrix
    matrix* pmatrix* bmatrix* Bmatrix* vmatrix* Vmatrix*
    cases dcases rcases drcases
    aligned split gathered align align* flalign flalign* gather gather* eqnarray eqnarray* equation equation*
    multline multline* math displaymath
"""
_COLUMN_ENVIRONMENTS = "array darray tabular subarray alignat alignat* alignedat"

ENVIRONMENTS: frozenset[str] = frozenset(_PLAIN_ENVIRONMENTS.split() + _COLUMN_ENVIRONMENTS.split())


def environment_classes(name: str) -> tuple[str, str]:
    """Classes of ``\\begin{name}`` and ``\\end{name}``: each environment closes only itself."""
    suffix = name.replace("*", "_STAR")
    # Bmatrix and bmatrix differ only in case, which terminal names of the grammar must not lose.
    suffix = "BIG_" + suffix.upper() if suffix[:2] in ("Bm", "Vm") else suffix.upper()
    return f"BEGIN_{suffix}", f"END_{suffix}"


def _table() -> dict[str, str]:
    classes = {token: key.partition(":")[0] for key, words in _WORDS.items() for token in words.split()}
    for name in sorted(ENVIRONMENTS):
        opening, closing = environment_classes(name)
        classes[f"\\begin{{{name}}}"] = opening
        classes[f"\\end{{{name}}}"] = closing
    return classes


CLASSES: dict[str, str] = _table()
"""Every listed token and its class. Characters and commands that are not listed: see `token_class`."""

SPACING_CLASSES: dict[str, str] = {
    token: key.partition(":")[2] for key, words in _WORDS.items() if ":" in key for token in words.split()
}
"""Spacing class (ord, op, bin, rel, open, close, punct, inner) of symbols; those not listed are ord."""

WITH_OPTION = frozenset("CFRAC COLOR COLORBOX FCOLORBOX RAWMATH SMASH SQRT XARROW".split())
"""Classes of commands after which ``[`` begins an optional argument."""

FORBIDDEN = frozenset("#%")
"""Characters that TeX reserves; they are written ``\\#`` and ``\\%``."""


def token_class(token: str) -> str:
    """Class of any token: listed ones by the table, other characters `CHAR`, other commands `UNKNOWN`."""
    known = CLASSES.get(token)
    if known is not None:
        return known
    if len(token) == 1 and token not in FORBIDDEN and token.isprintable():
        return "CHAR"
    if _LENGTH_TOKEN.match(token):
        return "SPACE"
    if token.startswith("\\\\["):
        return "ROWBREAK"
    return UNKNOWN


_LENGTH_TOKEN = re.compile(r"\\(?:kern|mkern|hskip|mskip)[-+.,\d]")

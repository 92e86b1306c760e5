r"""Factors that do not commute, as the formula itself shows: ``uv=vu``, ``LM-ML``, conjugates, traces, outcomes."""

from __future__ import annotations

import pytest

from hmer_suite.equiv.decide import decide
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED

EQUAL_PAIRS = [
    (r"z=\frac1Mb", r"z=\frac bM"),
    ("z=T^{-1}k", "z=kT^{-1}"),
    ("uv=vu", "vu=uv"),
    ("4uv+3vu", "7uv"),
    ("uv+vu", "2uv"),
    ("p^2-pq+qp-q^2", "p^2-q^2"),
    ("5uv-2vu", "3uv"),
    ("LM-ML=N", "N=LM-ML"),
    ("LM-ML=N", "-ML+LM=N"),
    (r"yq-qy=\mathrm i\hbar", r"\hbar\mathrm i=yq-qy"),
    ("kLk^{-1}", "kL k^{-1}"),
    (r"\frac1kuk", "u"),
    ("k^{-1}u", r"\frac uk"),
    ("ukk^{-1}=w", "u=w"),
    (r"\frac uv=\frac vu", r"u\frac1v=\frac1uv"),
    (r"\operatorname{tr}(KLM)", r"\operatorname{tr}(LMK)"),
    (r"\operatorname{tr}(K)\operatorname{tr}(L)", r"\operatorname{tr}(L)\operatorname{tr}(K)"),
    (r"\|K\|\|L\|", r"\|L\|\|K\|"),
    ("KL=4,MN=5", "LK=4,NM=5"),
    ("u_1u_2+u_2u_1", "2u_1u_2"),
    ("uv=vu,uuv=w", "uv=vu,u^2v=w"),
    (r"\det(KL)", r"\det(LK)"),
    ("(gh)'=g'h+gh'", "(gh)'=hg'+gh'"),
    (r"e^{\hat\beta_0+\hat\beta_1v}", r"e^{\hat\beta_0}e^{\hat\beta_1v}"),
    (r"e^{\mathbf k\cdot\mathbf r-ut}", r"e^{\mathbf k\cdot\mathbf r}e^{-ut}"),
    (r"e^{\hat Kt+s}", r"e^{\hat Kt}e^s"),
    (r"\{uv,vw,wu\}", r"\{wu,uv,vw\}"),
    (r"\{uv,vw\}", r"\{vu,wv\}"),
    ("u_1u_2=u_3", "u_2u_1=u_3"),
    ("S=aH", "S=Ha"),
    (r"\sqrt{2gH}", r"\sqrt{2Hg}"),
    ("gH=Hg", "Hg=gH"),
    (r"S=a\times H", r"S=H\times a"),
    (r"W=F\times d", r"W=d\times F"),
    (r"{}^tKL", r"K^TL"),
    (r"{}^tKK=I_n", r"K^TK=I_n"),
]
UNDECIDED_PAIRS = [
    ("gK", "Kg"),
    ("aN=bN", "Na=Nb"),
    ("h_1K=h_2K", "Kh_1=Kh_2"),
    (r"\{xH\}", r"\{Hx\}"),
    (r"q\mu\times B", r"qB\times\mu"),
    (r"\tau=r\times F", r"\tau=F\times r"),
    (r"L=r\times p", r"L=p\times r"),
    (r"{}^tK\,{}^tL", r"{}^tL\,{}^tK"),
    (r"{}^tKK=I_n", r"K\,{}^tK=I_n"),
    ("z=M^{-1}b", "z=bM^{-1}"),
    ("M'K", "KM'"),
    ("uv=vu", "uv=uv"),
    (r"\forall u,v\in G:uv=vu", r"\forall u,v\in G:uv=uv"),
    (r"\{u:uv=vu\ \forall v\in G\}", r"\{u:uv=uv\ \forall v\in G\}"),
    (r"uv=vu,\sqrt u\sqrt u=w", "uv=vu,u=w"),
    ("KL=-LK", "KL=-KL"),
    (r"KL\ne LK", r"KL\ne KL"),
    ("wN=Nw", "wN=wN"),
    ("sr=rs^{-1}", "sr=s^{-1}r"),
    ("g(uv)=g(vu)", "g(uv)=g(uv)"),
    ("LM-ML=N", "0=N"),
    (r"yq-qy=\mathrm i\hbar", r"0=\mathrm i\hbar"),
    (r"J_xJ_y-J_yJ_x=i\hbar J_z", r"0=i\hbar J_z"),
    ("[L,M]=LM-ML", "[L,M]=ML-LM"),
    (r"\{L,M\}=LM+ML", r"\{L,M\}=2LM"),
    (r"J_xJ_y=\frac{i}{2}J_z", r"J_yJ_x=\frac i2J_z"),
    ("jk=i", "kj=i"),
    ("kuk^{-1}", "u"),
    (r"\pi_1\tau\pi_1^{-1}", r"\tau"),
    ("uku=k^{-1}", "u^2k=k^{-1}"),
    (r"u^{-1}v\in N", r"vu^{-1}\in N"),
    ("kNk^{-1}=N", "kN=Nk"),
    ("Q^{-1}LQ=M", "LQ=QM"),
    (r"\operatorname{tr}(KLM)", r"\operatorname{tr}(MLK)"),
    (r"\operatorname{rank}(KL)", r"\operatorname{rank}(LK)"),
    (r"\operatorname{Tr}(\rho KL)", r"\operatorname{Tr}(\rho LK)"),
    (r"\|Kv\|\le w", r"\|vK\|\le w"),
    (r"\sigma_j\sigma_k+\sigma_k\sigma_j=2\delta_{jk}", r"\sigma_j\sigma_k=\delta_{jk}"),
    (
        r"\gamma^\alpha\gamma^\beta+\gamma^\beta\gamma^\alpha=2g^{\alpha\beta}",
        r"\gamma^\alpha\gamma^\beta=g^{\alpha\beta}",
    ),
    (r"KL=0,LK\ne0", r"KL=0,KL\ne0"),
    ("(uv)^{-1}=v^{-1}u^{-1}", "(uv)^{-1}=u^{-1}v^{-1}"),
    (r"\ker(KL)", r"\ker(LK)"),
    (r"\|KL\|", r"\|LK\|"),
    ("Z'Z", "ZZ'"),
    ("b=(Z'Z)^{-1}Z'y", "b=Z^{-1}y"),
    ("v'Kv", "Kv'v"),
    (r"K^{-1}\vec b", r"\vec bK^{-1}"),
    (r"e^{\hat K+\hat L}", r"e^{\hat K}e^{\hat L}"),
    (r"\sin(\hat K+\hat L)", r"\sin\hat K\cos\hat L+\cos\hat K\sin\hat L"),
    (r"\ln\hat K\ln\hat L", r"\ln\hat L\ln\hat K"),
    (r"e^{\mathbf Kt}\mathbf y_0", r"\mathbf y_0e^{\mathbf Kt}"),
    (r"\Omega=\{WW,WZ,ZW,ZZ\}", r"\Omega=\{WW,WZ,ZZ\}"),
    ("KLM,KML,LKM", "KLM,KLM,KLM"),
]
DIFFERENT_PAIRS = [
    ("uv=vu,u^n(u^n)^2=w", "uv=vu,(u^n)^2=w"),
    ("uv=vu", "uv=wu"),
    (r"KL\ne LK", "KL=LM"),
    ("LM-ML=N", "LM-ML=K"),
    (r"yq-qy=\mathrm i\hbar", r"yq-qy=\mathrm iw"),
    ("kuk^{-1}", "kwk^{-1}"),
    ("kNk^{-1}=N", "kM=Mk"),
    ("Q^{-1}LQ=M", "LQ=QN"),
    (r"\operatorname{tr}(KLM)", r"\operatorname{tr}(KLN)"),
    (r"\|KL\|", r"\|KM\|"),
    ("Z'Z", "W'W"),
    (r"e^{\hat K+\hat L}", r"e^{\hat K+\hat M}"),
    (r"\Omega=\{WW,WZ,ZW,ZZ\}", r"\Omega=\{WW,WY,YW,YY\}"),
]


@pytest.mark.parametrize(("one", "other"), EQUAL_PAIRS)
def test_numbers_commute(one, other):
    assert decide(one, other).verdict == decide(other, one).verdict == EQUAL


@pytest.mark.parametrize(("one", "other"), UNDECIDED_PAIRS)
def test_the_order_may_matter(one, other):
    assert decide(one, other).verdict == decide(other, one).verdict == UNDECIDED


@pytest.mark.parametrize(("one", "other"), DIFFERENT_PAIRS)
def test_other_letters_stay_different(one, other):
    assert decide(one, other).verdict == decide(other, one).verdict == DIFFERENT

"""The papers between portal and bank: each format written and read back, and what no format may do to a name."""

import csv
import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from subsidies.bank import pain
from subsidies.bank.reading import read_answers
from subsidies.bank.rows import Order, Payment, Unwritable, fen_of, yuan
from subsidies.bank.template import STANDARD, BadTemplate, read_template
from subsidies.bank.writing import flaw_of, payment_file
from subsidies.bankwords import PROBLEMS
from tests.factories import rows
from tests.subsidies import pain001

NAMES = [row["full_name"] for row in rows("names.csv")]
ORDER = Order("PB-52-2026-0001", dt.datetime(2026, 3, 24, 9, 0, 0, tzinfo=dt.UTC), 2, 312_050)
RARE = "欧阳\U00020bb7·阿依古丽"
PAYMENTS = [
    Payment(ORDER.batch, 1, "SKILL", RARE, "9999991285726840905", "示例银行", 120_050, "CL-52-2026-000001"),
    Payment(
        ORDER.batch, 2, "EMPLOY", "王建国", "9999991285726840913", "示例银行", 192_000, "CL-52-2026-000002"
    ),
]
FIXED = {
    "schema": "bank/1",
    "kind": "fixed",
    "encoding": "gb18030",
    "amount": "fen",
    "header": [
        {"field": "text", "text": "H", "width": 1},
        {"field": "batch", "width": 20},
        {"field": "count", "width": 8, "align": "right", "pad": "0"},
        {"field": "total", "width": 15, "align": "right", "pad": "0"},
        {"field": "date", "width": 8},
    ],
    "columns": [
        {"field": "line_no", "width": 8, "align": "right", "pad": "0"},
        {"field": "account", "width": 32},
        {"field": "holder", "width": 60},
        {"field": "amount", "width": 15, "align": "right", "pad": "0"},
    ],
    "trailer": [{"field": "text", "text": "END", "width": 3}],
    "answers": {
        "encoding": "gb18030",
        "header": [
            {"field": "batch", "width": 20},
            {"field": "count", "width": 8, "align": "right", "pad": "0"},
            {"field": "total", "width": 15, "align": "right", "pad": "0"},
        ],
        "columns": [
            {"field": "line_no", "width": 8, "align": "right", "pad": "0"},
            {"field": "answer_id", "width": 20},
            {"field": "amount", "width": 15, "align": "right", "pad": "0"},
            {"field": "result", "width": 2},
            {"field": "reason", "width": 40},
        ],
        "results": {"00": "paid", "01": "returned", "02": "pending"},
    },
}
ISO = {
    "schema": "bank/1",
    "kind": "iso20022",
    "debtor": {"name": "示例省财政专户", "account": "9999990000000000017", "clearing_code": "102701000017"},
}


def written(body, payments=PAYMENTS, order=ORDER):
    return b"".join(payment_file(read_template(body), order, payments))


def changed(body, **changes):
    return {**body, **changes}


# -- writing ----------------------------------------------------------------------------------------------------------


def test_the_standard_file_is_csv_that_a_spreadsheet_reads():
    text = written(STANDARD).decode("utf-8-sig")
    assert text == (
        "批次号,行号,资金,户名,账号,开户行,金额,申领编号\r\n"
        f"PB-52-2026-0001,1,SKILL,{RARE},9999991285726840905,示例银行,1200.50,CL-52-2026-000001\r\n"
        "PB-52-2026-0001,2,EMPLOY,王建国,9999991285726840913,示例银行,1920.00,CL-52-2026-000002\r\n"
    )


def test_cells_that_a_spreadsheet_would_run_are_inert():
    row = Payment("PB", 1, "SKILL", '=HYPERLINK("x")', "@1", "-行", 5, "+CL")
    cells = next(csv.reader(io.StringIO(written(STANDARD, [row]).decode("utf-8-sig").split("\r\n")[1])))
    assert cells == ["PB", "1", "SKILL", '\'=HYPERLINK("x")', "'@1", "'-行", "0.05", "'+CL"]


def test_a_fixed_width_counts_bytes_of_the_encoding():
    lines = written(FIXED).split(b"\r\n")
    assert lines[0] == b"HPB-52-2026-0001     0000000200000000031205020260324"
    assert {len(line) for line in lines[1:3]} == {8 + 32 + 60 + 15}
    assert lines[1][40:100].decode("gb18030").rstrip() == RARE
    assert lines[1].endswith(b"000000000120050")
    assert lines[3:] == [b"END", b""]


def test_a_name_that_is_too_wide_is_refused_with_its_line_and_never_cut():
    narrow = changed(
        FIXED, columns=[{**c, "width": 10} if c["field"] == "holder" else c for c in FIXED["columns"]]
    )
    with pytest.raises(Unwritable) as refused:
        written(narrow)
    assert [(problem.row, problem.code) for problem in refused.value.problems] == [(1, "too_wide")]


def test_a_character_that_the_encoding_lacks_is_refused_with_its_line():
    for body in (changed(STANDARD, encoding="gbk"), changed(FIXED, encoding="gbk")):
        with pytest.raises(Unwritable) as refused:
            written(body)
        problem = refused.value.problems[0]
        assert (problem.row, problem.code, problem.value) == (1, "no_such_character", "U+20BB7")
        assert flaw_of(read_template(body), ORDER, PAYMENTS[0]).code == "no_such_character"
        assert flaw_of(read_template(body), ORDER, PAYMENTS[1]) is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-bom", "gb18030"])
def test_every_name_of_the_sample_comes_through_each_encoding(encoding):
    payments = [Payment("PB", n, "SKILL", name, "1", "行", 1, "CL") for n, name in enumerate(NAMES, 1)]
    content = written(changed(STANDARD, encoding=encoding), payments)
    text = content.decode("utf-8-sig" if encoding.startswith("utf") else encoding)
    assert [row["户名"] for row in csv.DictReader(io.StringIO(text, newline=""))] == NAMES
    fixed = written(changed(FIXED, encoding=encoding, header=[], trailer=[]), payments)
    codec = "utf-8" if encoding.startswith("utf") else encoding
    lines = fixed.removeprefix(b"\xef\xbb\xbf").split(b"\r\n")[:-1]
    assert [line[40:100].decode(codec).rstrip() for line in lines] == NAMES


def test_a_control_character_is_refused_in_every_format():
    row = [Payment("PB", 7, "SKILL", "王\n国", "1", "行", 1, "CL")]
    for body in (STANDARD, FIXED, changed(STANDARD, kind="xlsx"), ISO):
        with pytest.raises(Unwritable) as refused:
            written(body, row)
        assert refused.value.problems[0].row == 7


def test_a_workbook_holds_texts_alone():
    row = Payment("PB", 1, "SKILL", "=1+1", "0012", "行", 5, "CL")
    content = written(changed(STANDARD, kind="xlsx"), [row])
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    told = list(sheet[2])
    assert [cell.value for cell in told] == ["PB", "1", "SKILL", "=1+1", "0012", "行", "0.05", "CL"]
    assert {cell.data_type for cell in told} <= {"s", "inlineStr"}
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")


def test_an_order_is_pain_001_by_its_published_structure():
    payments = [*PAYMENTS, *(Payment(ORDER.batch, n, "SKILL", name, str(n), 'A&B <行> "', n, "CL") for n, name in enumerate(NAMES, 3))]  # fmt: skip
    order = Order(ORDER.batch, ORDER.made_at, len(payments), sum(one.fen for one in payments))
    transfers = pain001.checked(written(ISO, payments, order))
    assert [one["CdtTrfTxInf/Cdtr/Nm"] for one in transfers] == [one.holder for one in payments]
    assert transfers[0]["CdtTrfTxInf/Amt/InstdAmt"] == "1200.50"
    assert transfers[0]["CdtTrfTxInf/PmtId/EndToEndId"] == "PB-52-2026-0001/1"
    assert transfers[0]["Id/Othr/Id"] == "9999991285726840905"


def test_the_check_of_the_structure_can_fail():
    good = written(ISO).decode()
    for before, after in [
        ("<NbOfTxs>2<", "<NbOfTxs>3<"),
        ("<PmtMtd>TRF<", "<PmtMtd>DD<"),
        ('Ccy="CNY"', 'Ccy="USD"'),
        ("1200.50", "1200.505"),
        ("<EndToEndId>PB-52-2026-0001/2", "<EndToEndId>PB-52-2026-0001/1"),
        ("pain.001.001.09", "pain.001.001.03"),
        ("<Cdtr><Nm>王建国</Nm></Cdtr>", ""),
    ]:
        assert before in good
        if after == "":
            moved = good.replace(before, "").replace(
                "</RmtInf></CdtTrfTxInf>\n</PmtInf>", f"</RmtInf>{before}</CdtTrfTxInf>\n</PmtInf>"
            )
            broken = moved
        else:
            broken = good.replace(before, after, 1)
        with pytest.raises(AssertionError):
            pain001.checked(broken.encode())


def test_what_is_written_is_flat_and_always_the_same():
    for body in (STANDARD, FIXED, ISO):
        many = (Payment("PB", n, "SKILL", "王", "1", "行", 1, "CL") for n in range(1, 3001))
        pieces = list(payment_file(read_template(body), ORDER, many))
        assert max(map(len, pieces)) < 1_000_000
        assert len(pieces) > 3
        assert written(body) == written(body)


# -- templates --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [STANDARD, FIXED, ISO, changed(STANDARD, kind="xlsx")])
def test_templates_of_each_kind_are_read(body):
    assert read_template(body).kind == body["kind"]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ([], "template"),
        (None, "template"),
        ({}, "template.schema"),
        (changed(STANDARD, kind="pdf"), "template.kind"),
        (changed(STANDARD, colour="red"), "template.colour"),
        (changed(STANDARD, encoding="latin1"), "template.encoding"),
        (changed(STANDARD, delimiter=",,"), "template.delimiter"),
        (changed(STANDARD, delimiter=["x"]), "template.delimiter"),
        (changed(STANDARD, amount="cent"), "template.amount"),
        (changed(STANDARD, date="DDMMYY"), "template.date"),
        (changed(STANDARD, heading="yes"), "template.heading"),
        (changed(STANDARD, columns=STANDARD["columns"][:3]), "template.columns"),
        (changed(STANDARD, columns=[*STANDARD["columns"], STANDARD["columns"][0]]), "template.columns"),
        (changed(STANDARD, columns=[{"field": "amount"}] * 61), "template.columns"),
        (changed(STANDARD, columns="all"), "template.columns"),
        (changed(STANDARD, columns=[{**c, "title": ""} for c in STANDARD["columns"]]), "template.columns"),
        (changed(STANDARD, answers=None), "answers"),
        (changed(STANDARD, answers={**STANDARD["answers"], "results": {"成功": "paid"}}), "answers.results"),
        (
            changed(STANDARD, answers={**STANDARD["answers"], "results": {"x": "paid", "y": "lost"}}),
            "answers.results",
        ),
        (changed(STANDARD, answers={**STANDARD["answers"], "columns": []}), "answers.columns"),
        (changed(FIXED, columns=[{"field": "holder", "width": 0}]), "template.columns[1].width"),
        (changed(FIXED, columns=[{"field": "holder", "width": 10, "pad": "中"}]), "template.columns[1].pad"),
        (changed(FIXED, header=[{"field": "holder", "width": 10}]), "template.header[1].field"),
        (changed(ISO, debtor={}), "debtor"),
        (changed(ISO, debtor={**ISO["debtor"], "account": "6222 01"}), "debtor"),
        (changed(ISO, debtor="x"), "debtor"),
    ],
)
def test_a_template_that_makes_no_sense_is_refused_in_sentences(body, where):
    with pytest.raises(BadTemplate) as refused:
        read_template(body)
    assert where in [fault.where for fault in refused.value.faults]
    for fault in refused.value.faults:
        assert fault.said("en").endswith(".")
        assert fault.said("zh-hans") != fault.said("en")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from([*STANDARD, *FIXED, *ISO, "results", "field", "width"]), inner, max_size=6
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_no_json_breaks_the_reader_of_templates(body):
    try:
        template = read_template(body)
    except BadTemplate as refused:
        assert refused.faults  # noqa: PT017 - either is right, and nothing else is
    else:
        assert template.kind


# -- the bank's answer ------------------------------------------------------------------------------------------------


def fixed_answer(told, count=None, total=None):
    def cell(text, width):
        return text.encode("gb18030").ljust(width)

    lines = [
        cell(ORDER.batch, 20)
        + f"{len(told) if count is None else count:08d}".encode()
        + f"{sum(r[2] for r in told) if total is None else total:015d}".encode()
    ]
    for line_no, receipt, fen, result, reason in told:
        lines.append(
            f"{line_no:08d}".encode()
            + cell(receipt, 20)
            + f"{fen:015d}".encode()
            + cell(result, 2)
            + cell(reason, 40)
        )
    return b"\r\n".join(lines) + b"\r\n"


GOOD = [(1, "R1", 120_050, "00", ""), (2, "R2", 192_000, "01", "户名不符")]


def test_a_fixed_answer_is_read_by_bytes():
    read = read_answers(read_template(FIXED), fixed_answer(GOOD))
    assert read.problems == []
    assert [(a.batch, a.line_no, a.fen, a.result, a.reason) for a in read.answers] == [
        (ORDER.batch, 1, 120_050, "paid", ""),
        (ORDER.batch, 2, 192_000, "returned", "户名不符"),
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (fixed_answer(GOOD, count=3), "count_differs"),
        (fixed_answer(GOOD, total=1), "total_differs"),
        (fixed_answer(GOOD)[:-30], "cut"),
        (fixed_answer([]), "empty"),
        (fixed_answer([], count=2), "count_differs"),
        (fixed_answer([(1, "R1", 120_050, "09", "")]), "bad_result"),
        ("中".encode() + fixed_answer(GOOD), "cut"),
        (b"\xff" * 40, "not_text"),
        (b"", "empty"),
    ],
)
def test_a_fixed_answer_that_is_cut_or_wrong_is_refused(content, code):
    read = read_answers(read_template(FIXED), content)
    assert code in [problem.code for problem in read.problems]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xff\xfe\x00\x01", "not_text"),
        (b"", "empty"),
        ("行号,金额\n1,2".encode(), "columns"),
        (b'a,"b\nc', "not_csv"),
        (b"\x00", "not_text"),
    ],
)
def test_what_is_no_answer_file_is_said_in_its_first_row(content, code):
    read = read_answers(read_template(STANDARD), content)
    assert [(problem.row, problem.code) for problem in read.problems] == [(1, code)]


def test_an_encoding_other_than_the_named_one_is_refused():
    text = "批次号,行号,回单号,金额,结果,原因\r\nPB,1,R1,1200.50,成功,\r\n"
    strict = changed(STANDARD, answers={**STANDARD["answers"], "encoding": "utf-8"})
    assert read_answers(read_template(strict), text.encode("gb18030")).problems[0].code == "not_text"
    assert read_answers(read_template(STANDARD), text.encode("gb18030")).problems == []


def test_answers_in_gb18030_and_full_width_are_read():
    text = "批次号,行号,回单号,金额,结果,原因\r\nPB,１,Ｒ1,１２００．５,成功,\r\n"
    read = read_answers(read_template(STANDARD), text.encode("gb18030"))
    assert read.problems == []
    assert (read.answers[0].line_no, read.answers[0].fen, read.answers[0].answer_id) == (1, 120_050, "R1")


def workbook(lines):
    book = openpyxl.Workbook()
    for row in lines:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


HEAD = ["批次号", "行号", "回单号", "金额", "结果", "原因"]


def test_a_workbook_answer_is_read_with_numbers_as_numbers():
    template = read_template(changed(STANDARD, kind="xlsx"))
    read = read_answers(template, workbook([HEAD, ["PB", 1, "R1", 1200.5, "成功", None]]))
    assert read.problems == []
    assert (read.answers[0].line_no, read.answers[0].fen) == (1, 120_050)
    formula = read_answers(template, workbook([HEAD, ["PB", 1, "R1", "=1200+1", "成功", None]]))
    assert [(problem.row, problem.code) for problem in formula.problems] == [(2, "formula")]
    assert read_answers(template, b"no workbook").problems[0].code == "not_xlsx"


def report(transactions="", *, group="", information="", name="pain.001.001.09"):
    return f"""<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{pain.REPORT}"><CstmrPmtStsRpt>
<GrpHdr><MsgId>STS-1</MsgId><CreDtTm>2026-03-25T09:00:00</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>{ORDER.batch}</OrgnlMsgId><OrgnlMsgNmId>{name}</OrgnlMsgNmId>{group}</OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>{ORDER.batch}</OrgnlPmtInfId>{information}{transactions}</OrgnlPmtInfAndSts>
</CstmrPmtStsRpt></Document>""".encode()


def transaction(line_no, status, reason="", amount='<InstdAmt Ccy="CNY">1200.50</InstdAmt>'):
    why = f"<StsRsnInf><Rsn><Cd>AC01</Cd></Rsn><AddtlInf>{reason}</AddtlInf></StsRsnInf>" if reason else ""
    reference = f"<OrgnlTxRef><Amt>{amount}</Amt></OrgnlTxRef>" if amount else ""
    return (
        f"<TxInfAndSts><StsId>S{line_no}</StsId><OrgnlEndToEndId>{ORDER.batch}/{line_no}</OrgnlEndToEndId>"
        f"<TxSts>{status}</TxSts>{why}{reference}</TxInfAndSts>"
    )


def test_a_report_is_read_transaction_by_transaction():
    content = report(
        transaction(1, "ACSC")
        + transaction(2, "RJCT", "账号不存在", amount="")
        + transaction(3, "PDNG", amount="")
    )
    read = read_answers(read_template(ISO), content)
    assert read.problems == []
    assert [(a.line_no, a.result, a.fen, a.reason) for a in read.answers] == [
        (1, "paid", 120_050, ""),
        (2, "returned", None, "AC01 账号不存在"),
        (3, "pending", None, ""),
    ]
    assert (read.answers[0].batch, read.answers[0].answer_id) == (ORDER.batch, "S1")


def test_a_reject_of_the_whole_order_is_one():
    reason = "<StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf>"
    for content in (
        report(group=f"<GrpSts>RJCT</GrpSts>{reason}"),
        report(information=f"<PmtInfSts>RJCT</PmtInfSts>{reason}"),
    ):
        read = read_answers(read_template(ISO), content)
        assert (read.answers, read.problems) == ([], [])
        assert (read.group.batch, read.group.reason) == (ORDER.batch, "FF01")


def test_a_whole_order_is_never_called_paid_without_its_transactions():
    read = read_answers(read_template(ISO), report(group="<GrpSts>ACSC</GrpSts>"))
    assert (read.group, [problem.code for problem in read.problems]) == (None, ["empty"])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (report(transaction(1, "ACSC"))[:-40], "not_xml"),
        (b"", "not_xml"),
        (
            b"<!DOCTYPE x [<!ENTITY a 'b'>]>"
            + report().removeprefix(b'<?xml version="1.0" encoding="UTF-8"?>'),
            "not_xml",
        ),
        (report().replace(b"pain.002.001.10", b"pain.002.001.03"), "not_pain002"),
        (report(transaction(1, "ACSC"), name="pain.008.001.08"), "other_order"),
        (report(transaction(1, "XXXX")), "bad_status"),
        (report(transaction(1, "RJCT", amount="")), "reason_missing"),
        (report(transaction(1, "ACSC", amount='<InstdAmt Ccy="USD">1200.50</InstdAmt>')), "bad_amount"),
        (report(transaction(1, "ACSC", amount='<InstdAmt Ccy="CNY">1200.505</InstdAmt>')), "bad_amount"),
        (report(transaction(1, "ACSC").replace("/1<", "/x<")), "bad_line_no"),
        (report(), "empty"),
    ],
)
def test_a_report_that_is_none_or_is_wrong_is_refused(content, code):
    read = read_answers(read_template(ISO), content)
    assert code in [problem.code for problem in read.problems]
    assert code in PROBLEMS


@given(st.binary(max_size=200), st.sampled_from([STANDARD, FIXED, ISO, changed(STANDARD, kind="xlsx")]))
def test_no_bytes_break_the_reader_of_answers(content, body):
    read = read_answers(read_template(body), content)
    assert read.problems
    assert all(problem.code in PROBLEMS for problem in read.problems)


@given(st.integers(0, 10**14))
def test_an_amount_written_is_the_amount_read(fen):
    assert fen_of(yuan(fen)) == fen
    assert fen_of(str(fen), "fen") == fen


@pytest.mark.parametrize("text", ["", "-1", "+1", "1.005", "1e3", "NaN", "1,200", "１", "1.", ".5"])
def test_what_is_no_amount_is_none(text):
    assert fen_of(text) is None

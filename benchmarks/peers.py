"""The same paper by others: pyHanko signs it, WeasyPrint sets it. Each as a careful user would: key, fonts and pictures read once.

pyHanko comes with requirements-dev.txt. WeasyPrint needs Pango from the system, so it is nobody's requirement here:
`pip install weasyprint==70.0` before a run that is to measure it.
"""

import base64
import html
import io
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, SimpleSigner, sign_pdf
from pyhanko.sign.fields import SigSeedSubFilter

from certificates import paper, signers

try:
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration
except (ImportError, OSError) as missing:  # the second where Pango is not there
    weasyprint = None
    WITHOUT_WEASYPRINT = f"not measured: {str(missing).splitlines()[0]}"

_SIGNATURE = PdfSignatureMetadata(
    field_name="Seal", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, reason="职业培训证书"
)


def pyhanko() -> Callable[[bytes], bytes]:
    signers.signer()  # makes the sample's file where there is none
    path = unquote(urlsplit(settings.CERTIFICATE_SIGNER).path)
    signer = SimpleSigner.load_pkcs12(path, passphrase=settings.CERTIFICATE_SIGNER_PASSWORD.encode())

    def signed(pdf: bytes) -> bytes:
        return sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), _SIGNATURE, signer).getvalue()

    return signed


def weasyprint_drawing() -> Callable[[paper.PaperFacts], bytes]:
    """Ground, seal, code and words of the page, tagged, without what PDF/A asks. Half of its time goes into the pictures."""
    fonts = FontConfiguration()
    faces = "".join(
        f'@font-face {{font-family: "{family}"; src: url("{(paper.FONTS / f"Zhixun{family}.otf").as_uri()}")}}'
        for family in ("Text", "Strong")
    )
    sheet = weasyprint.CSS(string=faces + _SHEET, font_config=fonts, base_url=str(paper.HERE))
    pictures: dict[str, object] = {}

    def draw(facts: paper.PaperFacts) -> bytes:
        page = weasyprint.HTML(string=page_of(facts), base_url=f"{paper.HERE}/")
        return page.write_pdf(stylesheets=[sheet], font_config=fonts, cache=pictures, pdf_variant="pdf/ua-1")

    return draw


def page_of(facts: paper.PaperFacts) -> str:
    """HTML with every word of the paper."""
    said = {place: html.escape(words) for place, words in paper.words_on(facts).items()}
    sentence = "".join(
        said[f"part_{number}"] if mark == "-" else f"<b>{said[f'part_{number}']}</b>"
        for number, mark in enumerate(said["marks"])
    )
    code = base64.b64encode(paper.qr_picture(facts.verify_url).encode()).decode()
    return _PAGE.format(**said, sentence=sentence, code=code)


_SHEET = """
@page {size: 297mm 210mm; margin: 0; background: url("ground.svg") 0 0 / 297mm 210mm no-repeat}
body {font: 5mm/2 "Text", "Strong"; color: #17211e; margin: 0; padding: 22mm 30mm} b {font: 1.2em "Strong"}
h1 {font: 13.4mm "Strong"; letter-spacing: .12em; text-align: center; margin: 17mm 0 0}
.foot {position: absolute; bottom: 22mm; font-size: 3.6mm; line-height: 1.4} .issuer {right: 44mm; font-size: 4.6mm}
"""
_PAGE = """<html lang="zh-CN"><title>{title} {serial}</title><img src="brand.svg" alt="职训" style="position: absolute; height: 7.5mm">
<h1>{title}</h1><p style="text-align: center">{title_en}</p>
<p>{sentence}</p><p lang="en">{english}</p>
<img class="foot" src="data:image/svg+xml;base64,{code}" alt="{qr_alt}" style="left: 30mm; width: 27mm">
<div class="foot" style="left: 63mm">{label_0} {value_0}<br>{label_1} {value_1}<br>{label_2} {value_2}<br>{label_3} {value_3}<br>
{label_4} {value_4}</div><div class="foot issuer">{issuer}<br>{issued}</div>
<img class="foot" src="seal.svg" alt="{seal_mark}" style="right: 30mm; width: 31mm"></html>"""

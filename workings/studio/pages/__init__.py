"""The pages, by the name that stands in the address: one file each, with a file of the same name in web/pages/."""

from workings.studio.page import Page
from workings.studio.pages.calculus import Calculus
from workings.studio.pages.draw import Draw
from workings.studio.pages.playground import Playground
from workings.studio.pages.sweep import Sweep
from workings.studio.pages.train import Train
from workings.studio.pages.weights import Weights
from workings.studio.pages.worksheet import Worksheet

PAGES: dict[str, type[Page]] = {
    page.name: page for page in (Draw, Playground, Train, Weights, Sweep, Worksheet, Calculus)
}
